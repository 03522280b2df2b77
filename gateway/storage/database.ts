import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import { Pool, type PoolConfig } from 'pg'
import { GatewayError } from '../errors.ts'
import { databaseFailure } from './database-failure.ts'

export interface DatabaseOptions {
  /** `postgresql://…`; also with `?host=` for a Unix socket. */
  readonly url: string
  /** Seen in pg_stat_activity, such as `gatebook start`. */
  readonly applicationName: string
}

/** A connection pool as drizzle speaks to it. */
export type Queries = Omit<NodePgDatabase, '$client' | 'transaction'>

/** The database of an installation. Its failures are `database-unavailable`, or PostgreSQL's own error. */
export interface Database {
  readonly url: string
  /** As `read`, for somebody who waits at the door: no other work is ahead of it, and it gives up after 8 s. */
  lookUp<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result>
  /** One or more independent statements. */
  read<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result>
  /** Statements that all see the same moment; they change nothing. */
  snapshot<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result>
  /** One transaction: everything or nothing. */
  change<Result>(work: (transaction: Queries) => Promise<Result>): Promise<Result>
  close(): Promise<void>
}

const CONNECTIONS_MAX = 10
/** So many more, for looking something up. */
const LOOK_UP_CONNECTIONS_MAX = 4
/** A person at the door has gone by then, and a frozen server answers nobody. */
const LOOK_UP_MS = 8000
const OLDEST_VERSION = 140_000

/** Connects, and asks for PostgreSQL 14 or newer. Throws `database-unavailable` and `database-setup`. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const pool = newPool(options, {
    max: CONNECTIONS_MAX,
    // The server gives up first; the second limit is for a server that is frozen or behind a dead network.
    statement_timeout: 30_000,
    query_timeout: 40_000,
  })
  const lookUps = newPool(options, {
    max: LOOK_UP_CONNECTIONS_MAX,
    statement_timeout: LOOK_UP_MS,
    query_timeout: LOOK_UP_MS,
  })
  const queries = drizzle(pool, { casing: 'snake_case' })
  const lookUpQueries = drizzle(lookUps, { casing: 'snake_case' })

  async function guarded<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      throw databaseFailure(error)
    }
  }
  try {
    await guarded(() => checkServer(pool))
  } catch (error) {
    await Promise.all([pool.end(), lookUps.end()])
    throw error
  }
  return {
    url: options.url,
    lookUp: (work) => guarded(() => work(lookUpQueries)),
    read: (work) => guarded(() => work(queries)),
    snapshot: (work) =>
      guarded(() => queries.transaction(work, { isolationLevel: 'repeatable read', accessMode: 'read only' })),
    change: (work) => guarded(() => queries.transaction(work)),
    async close() {
      await Promise.all([pool.end(), lookUps.end()])
    },
  }
}

function newPool({ url, applicationName }: DatabaseOptions, limits: PoolConfig): Pool {
  const pool = new Pool({
    connectionString: url,
    application_name: applicationName,
    keepAlive: true,
    connectionTimeoutMillis: 5000,
    idle_in_transaction_session_timeout: 30_000,
    ...limits,
  })
  // A connection that breaks is replaced at the next query; unheard, its error would end the process. The pool
  // itself hears those of idle connections only.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

async function checkServer(pool: Pool): Promise<void> {
  const found = await pool.query<{ number: number; name: string }>(
    `select current_setting('server_version_num')::integer as number, current_setting('server_version') as name`,
  )
  const version = found.rows[0]
  if (version !== undefined && version.number >= OLDEST_VERSION) return
  throw new GatewayError('database-setup', `PostgreSQL ${version?.name} is too old`, 'use PostgreSQL 14 or newer')
}
