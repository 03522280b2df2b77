import { randomBytes, randomUUID } from 'node:crypto'
import type { Client } from '#gateway/access/client.ts'
import type { Staff } from '#gateway/access/staff.ts'
import type { Target } from '#gateway/access/target.ts'
import type { Signer } from '#gateway/recording/seal/statement.ts'
import type { SessionOpening } from '#gateway/session/session.ts'
import { PostgresClientStore } from '#gateway/storage/client-store.ts'
import type { Database } from '#gateway/storage/database.ts'
import { PostgresSessionStore } from '#gateway/storage/session-store.ts'
import { PostgresStaffStore } from '#gateway/storage/staff-store.ts'
import { PostgresTargetStore } from '#gateway/storage/target-store.ts'
import { signedOpening } from '#test/harness/signing.ts'

/** Client `acme` with target `web1.acme`, and the engineer `ivan`. */
export async function sampleAccess(database: Database): Promise<{ client: Client; target: Target; staff: Staff }> {
  const client = await new PostgresClientStore(database).add(
    { slug: 'acme', name: 'Acme', zone: 'Europe/Moscow', language: 'ru' },
    'operator',
  )
  const target = await new PostgresTargetStore(database).add(
    {
      clientSlug: 'acme',
      name: 'web1',
      reach: { kind: 'ssh', host: '192.0.2.1', port: 22 },
      login: 'root',
      logins: ['deploy'],
      notes: '',
      sealedPassword: undefined,
    },
    'operator',
  )
  const person = { login: 'ivan', name: 'Ivan', email: 'ivan@example.org', roles: ['engineer' as const] }
  const staff = await new PostgresStaffStore(database).add(person, [sampleKey()], 'operator')
  return { client, target, staff }
}

export function sampleKey(comment = 'a key') {
  return { type: 'ssh-ed25519', blob: randomBytes(51), comment }
}

/** An open session of `ivan` on `web1.acme`; what says so is signed where there is a key. */
export async function sampleSession(
  database: Database,
  { client, target, staff }: Awaited<ReturnType<typeof sampleAccess>>,
  more: Partial<SessionOpening> = {},
  key?: Signer,
): Promise<SessionOpening> {
  const opening = {
    id: randomUUID(),
    gatewayId: 'gateway-1',
    clientId: client.id,
    targetId: target.id,
    staffId: staff.id,
    login: 'root',
    sourceAddress: '192.0.2.7',
    startedAt: new Date('2026-11-23T12:00:00.000Z'),
    ...more,
  }
  const statement = key === undefined ? 'not signed' : signedOpening(key, opening, { target, staff })
  await new PostgresSessionStore(database).open(opening, statement)
  return opening
}
