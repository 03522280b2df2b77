import type { FileLedger } from '../file-ledger.ts'
import type { FileParser } from '../file-parser.ts'
import type { FileResult } from '../file-statement.ts'
import type { RsyncCommand } from './rsync-command.ts'

const NOTE = 'rsync: only its command is known, not which files passed'

/** Lists what rsync was asked for: its protocol is not followed, and each entry says so. */
export function createRsyncParser(ledger: FileLedger, { direction, paths }: RsyncCommand): FileParser {
  let status: number | undefined
  return {
    hear() {},
    exited: (code) => (status = code),
    end() {
      const result: FileResult = status === undefined ? 'interrupted' : status === 0 ? 'ok' : 'failed'
      const note = result === 'failed' ? `${NOTE}; exit status ${status}` : NOTE
      for (const path of paths) ledger.add({ operation: 'transfer', direction, path, note }, result)
    },
  }
}
