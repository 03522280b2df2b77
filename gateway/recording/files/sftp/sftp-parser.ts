import type { FileLedger } from '../file-ledger.ts'
import type { FileParser } from '../file-parser.ts'
import { SftpAnswers } from './sftp-answers.ts'
import { SftpPackets } from './sftp-packets.ts'
import { SftpRequests } from './sftp-requests.ts'
import type { SftpState } from './sftp-state.ts'
import { OpenFiles } from './open-files.ts'
import { PendingRequests } from './pending-requests.ts'

/**
 * Follows SFTP version 3 with OpenSSH's extensions. What a request did is read from its answer, and what a handle
 * stands for is looked up only then: servers answer in the order in which they act, so nobody deceives the list by
 * asking ahead.
 */
export function createSftpParser(ledger: FileLedger): FileParser {
  const state: SftpState = { ledger, files: new OpenFiles(ledger), pending: new PendingRequests(ledger) }
  const requests = new SftpPackets(new SftpRequests(state))
  const answers = new SftpPackets(new SftpAnswers(state))
  return {
    hear(stream, bytes) {
      if (stream === 'input') requests.feed(bytes)
      else answers.feed(bytes)
    },
    end(result) {
      state.pending.end(result)
      state.files.end(result)
    },
  }
}
