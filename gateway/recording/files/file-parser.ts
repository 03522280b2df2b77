/** Follows the bytes of one channel that carries files. */
export interface FileParser {
  /** The next bytes in one direction; views may be held until the ledger's hashing runs. Throws `NotFollowed`. */
  hear(stream: 'input' | 'output', bytes: Buffer): void
  /** The program on the target ended with this status, by its own account. */
  exited?(status: number): void
  /** Nothing more is heard: what goes on ends so. */
  end(result: 'interrupted' | 'unread'): void
}
