import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { offerToStaff, offerToTarget } from '#gateway/transport/algorithms.ts'
import { KeyAge, keyLimit, type KeyLimit } from '#gateway/transport/key-age.ts'
import { message } from '#gateway/transport/message.ts'
import { Transport, type TransportRole } from '#gateway/transport/transport.ts'
import { boolean, string, wireMessage } from '#gateway/transport/wire.ts'
import { RawPeer } from '#test/harness/raw-peer.ts'
import { socketPair } from '#test/harness/socket-pair.ts'
import { hostKeyOf, newKey } from '#test/harness/test-key.ts'

const hostKey = newKey('ssh-ed25519')
const MIB = 2 ** 20

/** A transport that sends back what it hears, and a peer that counts how often keys are agreed after the first time. */
interface Pair {
  readonly peer: RawPeer
  readonly transport: Transport
  readonly rekeyings: () => number
  /** Why the transport ended. */
  readonly ended: Promise<Error | undefined>
  [Symbol.dispose](): void
}

async function pair(role: TransportRole['role'], limit: KeyLimit, prepare = (_peer: RawPeer) => {}): Promise<Pair> {
  const [here, there] = await socketPair()
  const as: TransportRole =
    role === 'server'
      ? { role, hostKeys: { 'ssh-ed25519': hostKeyOf(hostKey) }, signatureAlgorithms: [], keyLimit: limit }
      : { role, verifyHostKey: () => true, keyLimit: limit }
  let end: (cause: Error | undefined) => void = () => {}
  const ended = new Promise<Error | undefined>((resolve) => (end = resolve))
  const offer = role === 'server' ? offerToStaff(['ssh-ed25519']) : offerToTarget(['ssh-ed25519'])
  const transport = new Transport(here, offer, as, {
    secured: () => {},
    message: (payload) => transport.send(Buffer.from(payload)),
    closed: (cause) => end(cause),
  })
  const peer =
    role === 'server'
      ? new RawPeer(there, offerToTarget(['ssh-ed25519']))
      : new RawPeer(there, offerToStaff(['ssh-ed25519']), hostKeyOf(hostKey))
  prepare(peer)
  let agreed = -1
  const count = async () => {
    await peer.nextKeys()
    agreed++
    if (!there.destroyed) void count()
  }
  const first = peer.nextKeys()
  void count()
  await first
  const close = () => [here, there].forEach((socket) => socket.destroy())
  return { peer, transport, rekeyings: () => agreed, ended, [Symbol.dispose]: close }
}

/** Sends so many messages of 32 KiB at once; gives the numbers that came back, in the order they came. */
async function echo({ peer }: Pair, count: number): Promise<number[]> {
  const padding = Buffer.alloc(32 * 1024)
  const answers: number[] = []
  for (let i = 0; i < count; i++) peer.send(message.channelData, Buffer.of(i >> 8, i & 0xff), padding)
  for (let i = 0; i < count; i++) {
    const answer = await peer.next(message.channelData)
    answers.push(answer.byte() * 256 + answer.byte())
  }
  return answers
}

/** The transport asks for new keys and, before it can have them, says a last word and goodbye. */
async function leaveDuringNewKeys(both: Pair): Promise<void> {
  await echo(both, 1)
  for (let i = 0; i < 5; i++) both.transport.send(wireMessage(message.channelData, Buffer.alloc(250_000)))
  both.transport.send(wireMessage(message.channelEof))
  both.transport.disconnect(11, 'the session was ended')
}

describe.each(['server', 'client'] as const)('new keys in the role of the %s', (role) => {
  it('are asked for each time so many bytes have passed, under load, and nothing is lost', async () => {
    using both = await pair(role, { bytes: MIB, ms: 2 ** 30 })
    // 64 MiB there and back, 2 MiB on the way at once; while keys are exchanged, that passes with the old ones.
    for (let i = 0; i < 32; i++) expect(await echo(both, 32)).toEqual(Array.from({ length: 32 }, (_, n) => n))
    expect(both.rekeyings()).toBeGreaterThan(16)
    expect(both.rekeyings()).toBeLessThanOrEqual(64)
  })

  it('are not asked for before', async () => {
    using both = await pair(role, { bytes: MIB, ms: 2 ** 30 })
    await echo(both, 15)
    expect(both.rekeyings()).toBe(0)
    await echo(both, 2)
    await expect.poll(() => both.rekeyings()).toBe(1)
  })

  it('are asked for when the time is over, though nothing passes', async () => {
    using both = await pair(role, { bytes: 2 ** 30, ms: 5 })
    await expect.poll(() => both.rekeyings()).toBeGreaterThan(2)
    expect(await echo(both, 64)).toHaveLength(64)
  })

  it('that both sides ask for at once are agreed on', async () => {
    using both = await pair(role, { bytes: MIB, ms: 2 ** 30 })
    const echoed = echo(both, 512)
    for (let i = 0; i < 20; i++) await both.peer.rekey()
    expect(await echoed).toHaveLength(512)
  })

  it('keep back neither a goodbye nor the words before it', async () => {
    using both = await pair(role, { bytes: MIB, ms: 2 ** 30 })
    await leaveDuringNewKeys(both)
    expect(await both.ended).toMatchObject({ message: 'the session was ended' })
    expect(await both.peer.closed).toBe('the session was ended')
    expect(both.peer.count(message.channelEof)).toBe(1)
  })

  it('that the peer does not answer hold up a goodbye for two seconds at most', async () => {
    using both = await pair(role, { bytes: MIB, ms: 2 ** 30 }, (peer) => peer.ignoreNewKeys())
    await leaveDuringNewKeys(both)
    expect(await both.peer.closed).toBe('')
  })

  it('that the peer does not answer bound what waits for them', async () => {
    using both = await pair(role, { bytes: MIB, ms: 2 ** 30 }, (peer) => peer.ignoreNewKeys())
    const ask = wireMessage(message.globalRequest, string(Buffer.alloc(8192)), boolean(true))
    const flood = () => {
      while (both.peer.socket.writableLength < MIB && !both.peer.socket.destroyed) both.peer.send(ask)
    }
    both.peer.socket.on('drain', flood)
    flood()
    expect(await both.ended).toMatchObject({ message: 'no answer to new keys' })
  })
})

describe.each(['server', 'client'] as const)('a peer in front of the role of the %s', (role) => {
  it('that asks for new keys and does nothing else is told goodbye', { timeout: 60_000 }, async () => {
    using both = await pair(role, keyLimit)
    const asking = async () => {
      for (;;) await both.peer.rekey()
    }
    void asking()
    expect(await both.peer.closed).toBe('new keys are asked for too often')
    expect(both.rekeyings()).toBeGreaterThanOrEqual(128)
  })
})

describe('the age of keys', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  function watched(limit = keyLimit) {
    const asked = { renewals: 0, ends: 0, tooOften: 0 }
    const age = new KeyAge(limit, {
      renew: () => asked.renewals++,
      unanswered: () => asked.ends++,
      tooOften: () => asked.tooOften++,
    })
    return { age, asked }
  }

  it('is an hour at most, and a gigabyte at most (RFC 4253 §9)', () => {
    const { age, asked } = watched()
    age.renewed()
    vi.advanceTimersByTime(3_599_999)
    age.moved(2 ** 30 - 1)
    expect(asked.renewals).toBe(0)
    age.moved(1)
    expect(asked.renewals).toBe(1)
    age.renewed()
    vi.advanceTimersByTime(3_600_000)
    expect(asked).toEqual({ renewals: 2, ends: 0, tooOften: 0 })
  })

  it('counts neither bytes nor time before there are keys', () => {
    const { age, asked } = watched()
    age.moved(2 ** 31)
    vi.advanceTimersByTime(4_000_000)
    expect(asked).toEqual({ renewals: 0, ends: 0, tooOften: 0 })
  })

  it('ends the connection two minutes after a question without an answer, and not where there was one', () => {
    const { age, asked } = watched()
    age.renewed()
    age.moved(2 ** 30)
    vi.advanceTimersByTime(119_999)
    age.renewed()
    age.moved(2 ** 30)
    vi.advanceTimersByTime(119_999)
    expect(asked.ends).toBe(0)
    vi.advanceTimersByTime(1)
    expect(asked).toEqual({ renewals: 2, ends: 1, tooOften: 0 })
  })

  it('may be renewed by the peer 128 times at once, and then once each second or each 32 KiB', () => {
    const { age, asked } = watched()
    // The first keys of a connection are nobody's wish.
    for (let i = 0; i <= 128; i++) age.renewed()
    expect(asked.tooOften).toBe(0)
    vi.advanceTimersByTime(1000)
    age.renewed()
    age.moved(32 * 1024)
    age.renewed()
    expect(asked.tooOften).toBe(0)
    vi.advanceTimersByTime(999)
    age.renewed()
    expect(asked.tooOften).toBe(1)
  })

  it('is renewed by ourselves as often as need be', () => {
    const { age, asked } = watched({ bytes: 1, ms: 2 ** 30 })
    age.renewed()
    for (let i = 0; i < 1000; i++) {
      age.moved(1)
      age.renewed()
    }
    expect(asked).toEqual({ renewals: 1000, ends: 0, tooOften: 0 })
  })

  it('does nothing more when the connection is over', () => {
    const { age, asked } = watched()
    age.renewed()
    age.stop()
    vi.advanceTimersByTime(4_000_000)
    expect(asked).toEqual({ renewals: 0, ends: 0, tooOften: 0 })
  })
})
