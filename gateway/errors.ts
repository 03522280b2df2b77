/**
 * Every way an operation of the gateway can fail, as one closed union. Each edge (SSH, HTTP,
 * command line) maps codes in one table `satisfies Record<ErrorCode, …>`, so a new code does not
 * compile until every edge has an answer for it.
 */
export type ErrorCode =
  | 'bad-input'
  | 'installation'
  | 'not-found'
  | 'already-exists'
  | 'conflict'
  | 'database-unavailable'
  | 'database-setup'
  | 'data-directory'
  | 'port-taken'
  | 'master-key'
  | 'signing-key'
  | 'session-log'
  | 'record-failed'
  | 'target-unreachable'
  | 'target-key-unknown'
  | 'target-key-changed'
  | 'target-refused-key'
  | 'not-signed-in'
  | 'not-allowed'

/** An operating failure. `message` says what is wrong, `hint` what to do next; neither holds a secret. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly code: ErrorCode
  readonly hint: string | undefined

  constructor(code: ErrorCode, message: string, hint?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.hint = hint
  }
}
