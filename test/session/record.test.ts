import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeChannelRequest } from '#gateway/recording/channel-request.ts'
import { verificationView } from '#gateway/recording/seal/verification-view.ts'
import { verdictOnRecord } from '#gateway/session/verify-recorded-session.ts'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { bytesOf, newestEndedSession, recordedEvents } from '#test/harness/recorded.ts'
import { needsProgram } from '#test/harness/requirement.ts'
import { ssh } from '#test/harness/ssh.ts'

describe('the record of a session', needsProgram('sshd', 'openssh-server'), () => {
  let world: Reachable
  beforeAll(async () => {
    world = await reachable()
  })
  afterAll(() => world[Symbol.asyncDispose]())

  it('holds exactly what passed, in order, with times that never go back', async () => {
    const input = randomBytes(500_000)
    const result = await ssh(world.gateway, 'web1.acme', ['tee /dev/stderr; exit 5'], input)
    expect(result.stdout.equals(input)).toBe(true)
    const session = await newestEndedSession(world.gateway)
    const events = await recordedEvents(world.gateway, session.id)
    for (const kind of ['input', 'output', 'stderr'] as const) {
      expect(bytesOf(events, kind).equals(input), kind).toBe(true)
    }
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index))
    expect(events.map(({ atUs }) => atUs)).toEqual(events.map(({ atUs }) => atUs).toSorted((a, b) => a - b))
    const kinds = events.map(({ kind }) => kind)
    expect([kinds[0], kinds.at(-1)]).toEqual(['open', 'close'])
    expect(kinds.filter((kind) => kind === 'inputEnd' || kind === 'outputEnd')).toEqual(['inputEnd', 'outputEnd'])
    const said = events.filter(({ kind }) => kind === 'targetRequest').map(({ data }) => decodeChannelRequest(data))
    expect(said).toContainEqual({ type: 'exit-status', status: 5 })
  })

  it('counts what passed and says who, where and how it ended', async () => {
    const before = new Date()
    await ssh(world.gateway, 'web1.acme', ['cat; echo four >&2; exit 9'], 'twelve bytes')
    const session = await newestEndedSession(world.gateway)
    expect(session).toMatchObject({
      client: 'acme',
      target: 'web1.acme',
      staff: 'ivan',
      login: world.sshd.login,
      sourceAddress: '127.0.0.1',
      channels: 1,
      keystrokes: 0,
      bytesIn: 12,
      bytesOut: 12 + 5,
      exitStatus: 9,
      exitSignal: undefined,
      endReason: expect.any(String),
    })
    const [startMs, endMs] = [session.startedAt.getTime(), session.endedAt?.getTime() ?? 0]
    expect(startMs).toBeGreaterThanOrEqual(before.getTime())
    expect(endMs).toBeLessThanOrEqual(Date.now())
    // The record ends with its last event, a moment before the connection.
    expect(session.lengthUs / 1000).toBeLessThanOrEqual(endMs - startMs + 1)
    const verdict = verificationView(session.id, await verdictOnRecord(world.gateway.stores, session.id))
    expect(verdict).toMatchObject({ what: null, state: 'sealed', sealedUs: session.lengthUs })
    expect(await world.gateway.stores.sessions.channels(session.id)).toMatchObject([
      { kind: 'exec', command: 'cat; echo four >&2; exit 9', bytesIn: 12, bytesOut: 12, bytesErr: 5, exitStatus: 9 },
    ])
  })

  it('of a command beyond 64 MiB is counted and hashed, and says so', async () => {
    const result = await ssh(world.gateway, 'web1.acme', ['head -c 70000000 /dev/zero'])
    expect(result.stdout.length).toBe(70_000_000)
    const session = await newestEndedSession(world.gateway)
    expect(session.bytesOut).toBe(70_000_000)
    const events = await recordedEvents(world.gateway, session.id)
    const stored = bytesOf(events, 'output').length
    const counted = events
      .filter(({ kind }) => kind === 'counted')
      .map(({ data }) => JSON.parse(data.toString()) as { stream: string; bytes: number; sha256?: string })
    expect(stored).toBeLessThanOrEqual(64 * 1024 * 1024)
    expect(counted.reduce((sum, { bytes }) => sum + bytes, stored)).toBe(70_000_000)
    expect(counted.at(-1)).toMatchObject({
      stream: 'output',
      bytes: 0,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
  })
})
