import type { FastifyReply } from 'fastify'
import type { Problem } from '#shared/api.ts'
import type { ErrorCode } from '../errors.ts'

/** What only HTTP can say, beside the codes of the gateway. */
type HttpCode =
  | 'too-many-requests'
  | 'body-too-large'
  | 'not-json'
  | 'foreign-origin'
  | 'not-ready'
  | 'timed-out'
  | 'internal'

export type ProblemCode = ErrorCode | HttpCode

/** The one table of answers: every code with its status and the title people read. */
const problems = {
  'bad-input': { status: 400, title: 'The request is not as the API describes it' },
  'not-signed-in': { status: 401, title: 'Sign in first' },
  'not-allowed': { status: 403, title: 'You may not do this' },
  'foreign-origin': { status: 403, title: 'The request comes from a page of another site' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'already-exists': { status: 409, title: 'It exists already' },
  conflict: { status: 409, title: 'The present state does not allow this' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'not-json': { status: 415, title: 'The body must be application/json' },
  'too-many-requests': { status: 429, title: 'Too many attempts: wait a minute' },
  internal: { status: 500, title: 'The gateway failed; its log says why' },
  'database-setup': { status: 500, title: 'The database is not set up; the log says why' },
  installation: { status: 500, title: 'The gateway is not installed as it should be; its log says why' },
  'data-directory': { status: 500, title: 'The data directory cannot be used; the log says why' },
  'port-taken': { status: 500, title: 'A port is taken; the log says which' },
  'master-key': { status: 500, title: 'The master key cannot be used; the log says why' },
  'session-log': { status: 500, title: 'The log of sessions is not as it was signed; the log says why' },
  'signing-key': { status: 500, title: 'The signing key cannot be used; the log says why' },
  'target-unreachable': { status: 502, title: 'The target cannot be reached' },
  'target-key-unknown': { status: 502, title: 'The host key of the target is not trusted' },
  'target-key-changed': { status: 502, title: 'The host key of the target has changed' },
  'target-refused-key': { status: 502, title: 'The target refused the support key' },
  'database-unavailable': { status: 503, title: 'The database cannot be reached; try again' },
  'record-failed': { status: 503, title: 'The recording cannot be written' },
  'not-ready': { status: 503, title: 'The gateway cannot take sessions' },
  'timed-out': { status: 503, title: 'The answer took too long; try again' },
} as const satisfies Record<ProblemCode, { readonly status: number; readonly title: string }>

/** A refusal that has no meaning outside HTTP. */
export class HttpRefusal extends Error {
  override readonly name = 'HttpRefusal'
  readonly code: HttpCode

  constructor(code: HttpCode, message: string) {
    super(message)
    this.code = code
  }
}

/** The status a code is answered with. */
export function problemStatus(code: ProblemCode): number {
  return problems[code].status
}

/** Answers with an RFC 9457 problem document. `detail` is shown to whoever asked: no secrets, no internals. */
export function sendProblem(reply: FastifyReply, code: ProblemCode, detail?: string): FastifyReply {
  const { status, title } = problems[code]
  const body: Problem = { type: `urn:gatebook:problem:${code}`, title, status, ...(detail !== undefined && { detail }) }
  return reply.code(status).type('application/problem+json; charset=utf-8').send(JSON.stringify(body))
}
