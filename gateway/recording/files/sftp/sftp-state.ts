import type { FileLedger } from '../file-ledger.ts'
import type { OpenFiles } from './open-files.ts'
import type { PendingRequests } from './pending-requests.ts'

/** What the two directions of one channel know of each other. */
export interface SftpState {
  readonly ledger: FileLedger
  readonly files: OpenFiles
  readonly pending: PendingRequests
}
