import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { auditEvent } from '#gateway/storage/schema-access.ts'
import { session } from '#gateway/storage/schema-recording.ts'
import { sampleAccess, sampleSession } from '#test/storage/sample-access.ts'
import { installation } from './installation.ts'

describe('gatebook session kill', () => {
  let home: Awaited<ReturnType<typeof installation>>
  let id: string
  beforeAll(async () => {
    home = await installation()
    id = (await sampleSession(home.database, await sampleAccess(home.database))).id
  })
  afterAll(() => home[Symbol.asyncDispose]())

  it('has the gateway end it, waits for that, and stands on the audit trail', async () => {
    const { database, stores } = home
    const killed = home.gatebook(['session', 'kill', id.slice(0, 8), '--message', 'call Olga'])
    const why = 'ended by operator: call Olga'
    await vi.waitFor(async () => expect(await stores.sessions.endsAsked('gateway-1')).toEqual(new Map([[id, why]])))
    expect(await stores.sessions.endsAsked('gateway-2')).toEqual(new Map())
    await database.change((tx) =>
      tx.update(session).set({ state: 'ended', endedAt: new Date() }).where(eq(session.id, id)),
    )
    expect(await killed).toEqual({ out: '', err: `gatebook: ended session ${id} of ivan on web1.acme\n`, status: 0 })
    expect(await stores.sessions.endsAsked('gateway-1')).toEqual(new Map())
    const trail = database.read((queries) =>
      queries.select().from(auditEvent).where(eq(auditEvent.action, 'session.kill')),
    )
    expect(await trail).toMatchObject([{ actor: 'operator', subject: `session:${id}`, detail: { why } }])
  })

  it.each([
    ['that is over', () => [id], /^gatebook: session \S+ is over; see: /],
    ['that never was', () => ['ffffffff'], /^gatebook: there is no session ffffffff; /],
    ['with words that a terminal would obey', () => [id, '--message', '\x1b[2J'], /without control characters/],
  ])('refuses one %s', async (_, args, text) => {
    const seen = await home.gatebook(['session', 'kill', ...args()])
    expect(seen.err).toMatch(text)
    expect(seen.status).not.toBe(0)
  })
})
