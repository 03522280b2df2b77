import { DrizzleQueryError } from 'drizzle-orm'
import { DatabaseError } from 'pg'
import { GatewayError } from '../errors.ts'

/** What Node says of a connection that cannot be made or was lost. */
const CONNECTION_CODES =
  /^(ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|ETIMEDOUT|EACCES|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/
/** What pg says of it, without a code. */
const CONNECTION_WORDS =
  /^(Connection terminated|timeout e|Query read timeout|Client has encountered|The server does not support SSL)/
/** SQLSTATE: connection exception, login refused, no such database, shut down or starting up, no connection left. */
const CONNECTION_STATES = /^(08...|28...|3D000|57P..|53300)$/

/**
 * What a failed query is to the rest of the gateway: `database-unavailable` where the connection is at fault,
 * else the bare error of PostgreSQL. Drizzle's own error is dropped, because its message quotes the parameters.
 */
export function databaseFailure(error: unknown): unknown {
  const cause = error instanceof DrizzleQueryError ? error.cause : error
  // A host with several addresses fails with one error for each.
  const first: unknown = cause instanceof AggregateError ? cause.errors[0] : cause
  if (!(first instanceof Error) || !isConnectionFailure(first)) return cause
  return new GatewayError(
    'database-unavailable',
    `cannot work with the database: ${first.message}`,
    'check that PostgreSQL runs and that DATABASE_URL is right',
    first,
  )
}

function isConnectionFailure(error: Error & { code?: unknown }): boolean {
  const code = typeof error.code === 'string' ? error.code : ''
  // FATAL ends the connection, whatever its state says: a database that takes no connections now says 55000.
  if (error instanceof DatabaseError) return error.severity === 'FATAL' || CONNECTION_STATES.test(code)
  return CONNECTION_CODES.test(code) || CONNECTION_WORDS.test(error.message)
}

/** For `.catch`: `already-exists` with this message where a row broke that constraint by not being unique. */
export function refuseTaken(constraint: string, message: string): (error: unknown) => never {
  return (error) => {
    const taken = error instanceof DatabaseError && error.code === '23505' && error.constraint === constraint
    throw taken ? new GatewayError('already-exists', message, undefined, error) : error
  }
}
