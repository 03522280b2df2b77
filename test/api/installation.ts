import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll } from 'vitest'
import type { Client } from '#gateway/access/client.ts'
import { newSignInLink } from '#gateway/access/sign-in-link.ts'
import type { Principal } from '#gateway/access/sign-in.ts'
import type { StaffRole } from '#gateway/access/staff.ts'
import type { ApiParts } from '#gateway/api/api-parts.ts'
import { createApi } from '#gateway/api/api.ts'
import { PostgresClientStore } from '#gateway/storage/client-store.ts'
import { PostgresContractStore } from '#gateway/storage/contract-store.ts'
import type { Database } from '#gateway/storage/database.ts'
import { PostgresEvidenceStore } from '#gateway/storage/evidence-store.ts'
import { PostgresRecordStore } from '#gateway/storage/record-store.ts'
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
import { recordSession } from './recorded-session.ts'

export const ORIGIN = 'http://localhost:8080'
const NOW = new Date('2026-11-23T12:00:00.000Z')

/** Everybody the rights tell apart: Ivan does the work, a stranger owns another client. */
export const people = ['admin', 'auditor', 'engineer', 'colleague', 'billing', 'owner', 'viewer', 'stranger'] as const
export type Person = (typeof people)[number]

const staffRoles: Partial<Record<Person, StaffRole>> = {
  admin: 'admin',
  auditor: 'auditor',
  engineer: 'engineer',
  colleague: 'engineer',
  billing: 'billing',
}

export type Installation = Awaited<ReturnType<typeof installation>>

/**
 * The API on a database of its own: clients `acme` and `zeta`, an ended session of the engineer at `web1.acme`, a
 * live one of the colleague at `db1.zeta`. `changes` replaces parts.
 */
export async function installation(changes: Partial<ApiParts> = {}) {
  const database = await testDatabase()
  const stores = storesOn(database.database)
  const pagesDirectory = await builtPages()
  const clock = manualClock()
  const reports: { readonly failure: unknown; readonly where: string }[] = []
  const parts: ApiParts = {
    stores,
    clock,
    config: { publicUrl: ORIGIN, publicAddress: undefined },
    pagesDirectory,
    version: '0.1.0',
    readiness: async () => undefined,
    metrics: () => ({
      liveSessions: 3,
      journalBytes: 4096,
      archiveLagBytes: 17,
      loggedEntries: 5,
      placesBehind: 0,
      eventLoop: {
        quantiles: [
          [0.5, 0.000001],
          [1, 1.25],
        ],
        heldSeconds: 9.5,
        looks: 1000,
        stalls: 2,
      },
    }),
    report: (failure, where) => void reports.push({ failure, where }),
    ...changes,
  }
  const api = await createApi(parts)

  const acme = await stores.clients.add({ slug: 'acme', name: 'Acme', zone: 'Europe/Moscow', language: 'ru' }, 'test')
  const zeta = await stores.clients.add({ slug: 'zeta', name: 'Zeta', zone: 'UTC', language: 'en' }, 'test')
  const principals = await enrol(stores, acme, zeta)
  const sessions = await recordWork(stores)
  return {
    api,
    parts,
    stores,
    clock,
    reports,
    clients: { acme, zeta },
    principals,
    sessions,
    signIn: (person: Person) => signIn(api, parts, principals[person]),
    async [Symbol.asyncDispose]() {
      await api.close()
      await database[Symbol.asyncDispose]()
      await rm(pagesDirectory, { recursive: true })
    },
  }
}

/** One installation for all tests of a suite that only read. */
export function sharedInstallation(): () => Installation {
  let house: Installation | undefined
  beforeAll(async () => {
    house = await installation()
  })
  afterAll(() => house?.[Symbol.asyncDispose]())
  return () => house!
}

function storesOn(database: Database) {
  return {
    clients: new PostgresClientStore(database),
    staff: new PostgresStaffStore(database),
    targets: new PostgresTargetStore(database),
    tasks: new PostgresTaskStore(database),
    auditTrail: new PostgresAuditTrail(database),
    supportKeys: new PostgresSupportKeyStore(database),
    signIns: new PostgresSignInStore(database),
    sessions: new PostgresSessionStore(database),
    records: new PostgresRecordStore(database),
    evidence: new PostgresEvidenceStore(database),
    sessionLog: new PostgresSessionLog(database),
    searchIndex: new PostgresSearchIndex(database),
    search: new PostgresSessionSearch(database),
    workedSessions: new PostgresWorkedSessionSource(database),
    contracts: new PostgresContractStore(database),
    statements: new PostgresStatementStore(database),
  }
}

/** Signs in through the front door; the answer is the value of the cookie. */
async function signIn(api: FastifyInstance, parts: ApiParts, principal: Principal): Promise<string> {
  const answer = await redeem(api, await newToken(parts, principal))
  const cookie = answer.cookies.find(({ name }) => name === 'gatebook_session')
  if (cookie === undefined) throw new Error(`signing in failed: ${answer.body}`)
  return cookie.value
}

/** The token of a fresh one-time link. */
export async function newToken(parts: ApiParts, principal: Principal): Promise<string> {
  const { signIns } = parts.stores
  const link = await newSignInLink({ signIns, clock: parts.clock, publicUrl: ORIGIN }, principal)
  return new URL(link).hash.slice(1)
}

export function redeem(api: FastifyInstance, token: string): Promise<LightMyRequestResponse> {
  return api.inject({ method: 'POST', url: '/api/v1/sign-in', headers: { origin: ORIGIN }, payload: { token } })
}

/** A request as a page of ours sends it, below `/api/v1`. */
export function asked(method: 'GET' | 'POST' | 'PUT', url: string, cookie?: string): InjectOptions {
  return {
    method,
    url: `/api/v1${url}`,
    headers: method === 'GET' ? {} : { origin: ORIGIN },
    ...(cookie !== undefined && { cookies: { gatebook_session: cookie } }),
  }
}

async function enrol(stores: ReturnType<typeof storesOn>, acme: Client, zeta: Client) {
  const staffPrincipal = async (login: Person): Promise<Principal> => {
    const roles = [staffRoles[login]!]
    const staff = await stores.staff.add({ login, name: login, email: `${login}@example.org`, roles }, [], 'test')
    return { kind: 'staff', staffId: staff.id }
  }
  return {
    admin: await staffPrincipal('admin'),
    auditor: await staffPrincipal('auditor'),
    engineer: await staffPrincipal('engineer'),
    colleague: await staffPrincipal('colleague'),
    billing: await staffPrincipal('billing'),
    owner: { kind: 'client-user', clientId: acme.id, role: 'owner' },
    viewer: { kind: 'client-user', clientId: acme.id, role: 'viewer' },
    stranger: { kind: 'client-user', clientId: zeta.id, role: 'owner' },
  } satisfies Record<Person, Principal>
}

async function recordWork(stores: ReturnType<typeof storesOn>) {
  const target = {
    reach: { kind: 'local-shell' },
    login: 'root',
    logins: [],
    notes: '',
    sealedPassword: undefined,
  } as const
  const web1 = await stores.targets.add({ ...target, clientSlug: 'acme', name: 'web1' }, 'test')
  const db1 = await stores.targets.add({ ...target, clientSlug: 'zeta', name: 'db1' }, 'test')
  const engineer = (await stores.staff.byLogin('engineer'))!
  const colleague = (await stores.staff.byLogin('colleague'))!
  return {
    ended: await recordSession(stores, {
      staff: engineer,
      target: web1,
      startedAt: new Date('2026-11-23T10:00:00.000Z'),
      endedAfterS: 120,
    }),
    live: await recordSession(stores, {
      staff: colleague,
      target: db1,
      startedAt: new Date('2026-11-23T11:00:00.000Z'),
    }),
  }
}

/** An ed25519 key in wire form; nobody has its private half. */
export function somePublicKey(): Buffer {
  const head = Buffer.from('0000000b7373682d6564323535313900000020', 'hex')
  return Buffer.concat([head, randomBytes(32)])
}

async function builtPages(): Promise<string> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'gatebook-pages-'))
  await mkdir(path.join(directory, 'assets'))
  await writeFile(path.join(directory, 'index.html'), '<!doctype html><title>Gatebook</title>')
  await writeFile(path.join(directory, 'assets', 'app-1a2b3c.js'), 'export {}')
  return directory
}

/** Both clocks stand still until they are moved. */
function manualClock() {
  let passedMs = 0
  return {
    now: () => new Date(NOW.getTime() + passedMs),
    monotonicUs: () => passedMs * 1000,
    pass(ms: number): void {
      passedMs += ms
    },
  }
}
