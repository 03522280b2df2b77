import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { addOutput } from '#test/api/recorded-session.ts'
import { parseLog, renderLog } from '#gateway/recording/dossier/dossier-files.ts'
import { archive, type Files, filesOf } from './dossier-attacks.ts'
import { dossierOf, dossierVerdict } from './exported-dossier.ts'
import { sealedWorld } from './sealed-world.ts'

describe('a session that was exported as zip', () => {
  it('is intact by itself, proven under the newest head, and names the first key', async () => {
    const world = await sealedWorld()
    await world.signHead()
    const verdict = await dossierVerdict(await dossierOf(world, world.id))
    expect(verdict).toMatch(
      new RegExp(
        `^${world.id}  intact: sealed, verified to 0:02:00\\.000000 \\(2 channels, 13 events, signed .*Z\\)\n` +
          `proven under the head of 5 entries, signed .*Z by gateway gateway-1, whose first key is ${world.key.keyId}\n$`,
      ),
    )
  })

  it('is the same archive each time, in each time zone, until the log has grown', async () => {
    const world = await sealedWorld()
    await world.signHead()
    const first = await dossierOf(world, world.id)
    const before = process.env.TZ
    process.env.TZ = 'Pacific/Auckland'
    try {
      expect((await dossierOf(world, world.id)).equals(first)).toBe(true)
    } finally {
      if (before === undefined) delete process.env.TZ
      else process.env.TZ = before
    }
    await world.record('2026-11-24T12:00:00Z', 120)
    await world.signHead()
    const later = await dossierOf(world, world.id)
    expect(later.equals(first)).toBe(false)
    expect(await dossierVerdict(later)).toMatch(/intact: sealed/)
  })

  it('is proven under a head that somebody kept, if that counts it', async () => {
    const world = await sealedWorld()
    const kept = await world.signHead()
    const later = await world.record('2026-11-24T12:00:00Z', 120)
    const newer = await world.signHead()
    const dossier = await dossierOf(world, world.id, kept)
    expect(await dossierVerdict(dossier, kept)).toMatch(/proven under the head of 5 entries, and kept outside, signed/)
    await expect(dossierVerdict(dossier, newer)).rejects.toThrow(/none of these tree heads is the one of 5 entries/)
    await expect(dossierOf(world, later, kept)).rejects.toThrow(/none of these tree heads covers this session yet/)
  })

  it('is altered where another head of that size was kept', async () => {
    const [world, other] = [await sealedWorld(), await sealedWorld()]
    await world.signHead()
    const dossier = await dossierOf(world, world.id)
    expect(await dossierVerdict(dossier, await other.signHead())).toMatch(
      /^altered: its log of sessions is not that of the tree head of .* in a drawer/,
    )
  })

  it('holds what the last checkpoint covers while the session goes on, and nothing behind it', async () => {
    const world = await sealedWorld()
    const live = await world.record('2026-11-23T14:00:00Z')
    await world.signHead()
    await expect(dossierOf(world, live)).rejects.toThrow(/nothing of session .* is signed yet/)
    await world.checkpoint(live)
    const before = await dossierOf(world, live)
    expect(await dossierVerdict(before)).toMatch(
      /intact: still open, verified to 0:01:02\.005000 \(2 channels, 11 events/,
    )
    await addOutput(world.stores, live, 'more\r\n')
    expect((await dossierOf(world, live)).equals(before)).toBe(true)
  })

  it('is not exported where no head covers it, nor from a log that is another one', async () => {
    const world = await sealedWorld()
    await expect(dossierOf(world, world.id)).rejects.toThrow(
      /no signed head of the log of sessions covers this session yet/,
    )
    await world.signHead()
    await world.alter(sql`update session_log set leaf_hash = sha256('x') where index = 3`)
    await expect(dossierOf(world, world.id)).rejects.toThrow(
      /the log of sessions is not the one whose head gateway-1 signed/,
    )
  })

  it('that was altered in the database is exported as it is, and shows it', async () => {
    const world = await sealedWorld()
    await world.signHead()
    const events = (await world.eventsOf(world.id)).map((event) =>
      event.seq === 5 ? Object.assign(event, { data: Buffer.from('ls\r\nvotes\r\n$ ') }) : event,
    )
    await world.replaceEvents(events)
    expect(await dossierVerdict(await dossierOf(world, world.id))).toMatch(/^altered: .*not what was signed/)
  })

  it('proves nothing to those who keep no head, where somebody with the signing key wrote it anew', async () => {
    const world = await sealedWorld()
    const kept = await world.signHead()
    await world.rewriteWithKey()
    await world.signHead()
    const dossier = await dossierOf(world, world.id)
    expect(await dossierVerdict(dossier)).toMatch(/intact: sealed/)
    expect(await dossierVerdict(dossier, kept)).toMatch(/^altered: its log of sessions is not that of the tree head/)
    await expect(dossierOf(world, world.id, kept)).rejects.toThrow(/the log of sessions is not the one whose head/)
  })

  it('brings the keys of the days that it needs, also for a checkpoint of today', async () => {
    const world = await sealedWorld()
    const live = await world.record('2026-11-23T14:00:00Z')
    const kept = await world.signHead()
    const today = await world.changeKey()
    await world.checkpoint(live, today)
    await world.signHead(today)
    expect(await dossierVerdict(await dossierOf(world, live))).toMatch(
      new RegExp(`intact: still open.*first key is ${world.key.keyId}`, 's'),
    )
    await expect(dossierOf(world, live, kept)).rejects.toThrow(/none of these tree heads covers this session yet/)
  })
})

describe('a session of which a password was erased', () => {
  it('is intact where somebody signed for it, and its statements stand in their order', async () => {
    const world = await sealedWorld()
    await world.erasePassword({ isSigned: true })
    await world.signHead()
    const dossier = await dossierOf(world, world.id)
    expect(await dossierVerdict(dossier)).toMatch(/13 events, 1 event erased with a signed reason/)
    const files = (await filesOf(dossier)).map(([name, content]): Files[number] => {
      if (name !== 'log.json') return [name, content]
      const { statements, ...log } = parseLog(content.toString())!
      const [opening, closing, erasure] = statements
      return [name, Buffer.from(renderLog({ ...log, statements: [opening!, erasure!, closing!] }))]
    })
    expect(await dossierVerdict(archive(files))).toMatch(/^altered: nothing proves that entry/)
  })
})

describe('a session that was interrupted', () => {
  it('is intact as far as it was recovered', async () => {
    const world = await sealedWorld()
    const live = await world.record('2026-11-23T14:00:00Z')
    await world.checkpoint(live)
    await addOutput(world.stores, live, 'more\r\n')
    await world.interrupt(live)
    await world.signHead()
    const verdict = await dossierVerdict(await dossierOf(world, live))
    expect(verdict).toMatch(/intact: interrupted, recovered to 0:01:12\.000000 \(2 channels, 12 events/)
  })

  it('is altered where events were removed before the recovery that its checkpoint covers', async () => {
    const world = await sealedWorld()
    const live = await world.record('2026-11-23T14:00:00Z')
    await world.checkpoint(live)
    await world.replaceEvents((await world.eventsOf(live)).slice(0, 5), live)
    await world.interrupt(live)
    await world.signHead()
    expect(await dossierVerdict(await dossierOf(world, live))).toMatch(/^altered: .*events are missing/)
  })
})
