import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import type { ProgramParts } from '#gateway/command-line/program-parts.ts'
import { runProgram } from '#gateway/command-line/program.ts'
import { systemClock } from '#gateway/clock.ts'
import { PostgresClientStore } from '#gateway/storage/client-store.ts'
import { PostgresContractStore } from '#gateway/storage/contract-store.ts'
import { PostgresEvidenceStore } from '#gateway/storage/evidence-store.ts'
import { PostgresGrantStore } from '#gateway/storage/grant-store.ts'
import { PostgresLeaseStore } from '#gateway/storage/lease-store.ts'
import { PostgresRecordStore } from '#gateway/storage/record-store.ts'
import { PostgresSecondFactorStore } from '#gateway/storage/second-factor-store.ts'
import { PostgresSessionLog } from '#gateway/storage/session-log-store.ts'
import { PostgresSearchIndex } from '#gateway/storage/search-index-store.ts'
import { PostgresSessionSearch } from '#gateway/storage/session-search-store.ts'
import { PostgresSessionStore } from '#gateway/storage/session-store.ts'
import { PostgresSignInStore } from '#gateway/storage/sign-in-store.ts'
import { PostgresStaffStore } from '#gateway/storage/staff-store.ts'
import { PostgresStatementStore } from '#gateway/storage/statement-store.ts'
import { PostgresSupportKeyStore } from '#gateway/storage/support-key-store.ts'
import { PostgresAuditTrail } from '#gateway/storage/audit-trail.ts'
import { PostgresTaskStore } from '#gateway/storage/task-store.ts'
import { PostgresTargetStore } from '#gateway/storage/target-store.ts'
import { PostgresWorkedSessionSource } from '#gateway/storage/worked-session-source.ts'
import { testDatabase } from '#test/harness/database.ts'

/** What somebody at the terminal saw of one command. */
export interface Seen {
  readonly out: string
  readonly err: string
  readonly status: number
}

export interface Run {
  readonly stdin?: string
  /** Width of the terminal in characters; undefined: stdout is no terminal. */
  readonly columns?: number
  readonly parts?: Partial<ProgramParts>
}

/** The command line on a database and a data directory of their own; both are gone at the end of `await using`. */
export async function installation() {
  const database = await testDatabase()
  const dataDirectory = await mkdtemp(join(tmpdir(), 'gatebook-cli-'))
  const stores = {
    clients: new PostgresClientStore(database.database),
    staff: new PostgresStaffStore(database.database),
    targets: new PostgresTargetStore(database.database),
    tasks: new PostgresTaskStore(database.database),
    auditTrail: new PostgresAuditTrail(database.database),
    supportKeys: new PostgresSupportKeyStore(database.database),
    grants: new PostgresGrantStore(database.database),
    signIns: new PostgresSignInStore(database.database),
    secondFactors: new PostgresSecondFactorStore(database.database),
    leases: new PostgresLeaseStore(database.database),
    sessions: new PostgresSessionStore(database.database),
    records: new PostgresRecordStore(database.database),
    evidence: new PostgresEvidenceStore(database.database),
    sessionLog: new PostgresSessionLog(database.database),
    searchIndex: new PostgresSearchIndex(database.database),
    search: new PostgresSessionSearch(database.database),
    workedSessions: new PostgresWorkedSessionSource(database.database),
    contracts: new PostgresContractStore(database.database),
    statements: new PostgresStatementStore(database.database),
    close: async () => {},
  }

  async function gatebook(args: string | readonly string[], run: Run = {}): Promise<Seen> {
    const out = new Paper(run.columns)
    const err = new Paper(undefined)
    let status = 0
    await runProgram(
      {
        version: '0.1.0',
        environment: { DATABASE_URL: database.url, GATEBOOK_DATA: dataDirectory },
        input: Readable.from(run.stdin === undefined ? [] : [Buffer.from(run.stdin)]),
        output: out,
        errors: err,
        clock: systemClock,
        setExitCode: (code) => {
          status = code
        },
        interruption: () => new AbortController().signal,
        openStores: async () => stores,
        migrate: async () => 0,
        restartSeal: async () => '',
        readVerifier: async () => Buffer.from('// the verifier'),
        start: async () => {},
        fetchHostKeys: async () => [],
        probeTarget: async () => {},
        examination: { database: unexpected, nativeParts: async () => [] },
        ...run.parts,
      },
      typeof args === 'string' ? args.split(' ') : args,
    )
    return { out: out.text, err: err.text, status }
  }

  return {
    gatebook,
    stores,
    database: database.database,
    url: database.url,
    dataDirectory,
    /** The JSON that a command prints with `--json`. */
    async json(args: string): Promise<unknown> {
      const seen = await gatebook(`${args} --json`)
      if (seen.status !== 0) throw new Error(seen.err)
      return JSON.parse(seen.out)
    },
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]()
      await rm(dataDirectory, { recursive: true })
    },
  }
}

export const publicKey =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIdZUQzcpYZpEPCKj3b2Y7aVbfMs3lqZf6f0dCpkQ7Ze ivan@laptop\n'

function unexpected(): never {
  throw new Error('nothing here asks for that')
}

/** Keeps what is printed on it. */
class Paper extends Writable {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  text = ''

  constructor(columns: number | undefined) {
    super({ decodeStrings: false })
    if (columns !== undefined) Object.assign(this, { isTTY: true, columns, rows: 24 })
  }

  override _write(chunk: Buffer | string, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}
