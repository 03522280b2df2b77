import { isDeepStrictEqual } from 'node:util'
import { crc32, deflateRawSync } from 'node:zlib'
import { eventKinds, type EventKind, type RecordedEvent } from '#gateway/recording/event.ts'
import { decodeEvents, encodeEvents } from '#gateway/recording/frame.ts'
import { genesis } from '#gateway/recording/seal/chain.ts'
import { ChannelChain, type SaltBlock } from '#gateway/recording/seal/channel-chain.ts'
import type { SealedFrame } from '#gateway/recording/seal/sealed-events.ts'

/** A whole number below the limit (test/harness/chance.ts). */
export type Chance = (limit: number) => number

export function oneOf<Item>(chance: Chance, items: readonly Item[]): Item {
  const item = items[chance(items.length)]
  if (item === undefined) throw new Error('there is nothing to choose from')
  return item
}

/** A copy that shares nothing with the original. */
export function copyOf<Value>(value: Value): Value {
  if (Buffer.isBuffer(value)) return Buffer.from(value) as Value
  if (value instanceof Date) return new Date(value) as Value
  if (Array.isArray(value)) return value.map(copyOf) as Value
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, copyOf(each)])) as Value
}

/** Another value of the same type: one bit, one letter, one of its members or a little more or less. */
export function another(chance: Chance, value: unknown): unknown {
  if (Buffer.isBuffer(value)) return flipped(chance, value)
  if (value instanceof Date) return new Date(value.getTime() + 1 + chance(100_000))
  if (typeof value === 'number') return value + (chance(2) === 0 ? 1 : -1) * (1 + chance(3))
  if (typeof value === 'string') {
    const at = chance(value.length + 1)
    return value.slice(0, at) + String.fromCharCode(0x30 + chance(0x4a)) + value.slice(at + chance(2))
  }
  if (typeof value !== 'object' || value === null) return value
  const names = Object.keys(value)
  if (names.length === 0) return value
  const name = oneOf(chance, names)
  const changed = another(chance, (value as Record<string, unknown>)[name])
  return Array.isArray(value) ? value.with(Number(name), changed) : { ...value, [name]: changed }
}

/** With one bit changed. */
export function flipped(chance: Chance, bytes: Buffer): Buffer {
  if (bytes.length === 0) return Buffer.of(chance(256))
  const at = chance(bytes.length)
  return Buffer.from(bytes.with(at, (bytes[at] ?? 0) ^ (1 << chance(8))))
}

export const eventsOf = (frames: readonly SealedFrame[]): RecordedEvent[] =>
  frames.flatMap((frame) => decodeEvents(frame))

/** What somebody does to the events of a channel, by name; numbers are made to fit afterwards. */
export const eventAttacks: Record<string, (events: RecordedEvent[], chance: Chance) => RecordedEvent[]> = {
  'flips a bit': (events, chance) => changed(events, chance, ({ data }) => ({ data: flipped(chance, data) })),
  'shifts a time': (events, chance) =>
    changed(events, chance, ({ atUs }) => ({ atUs: Math.max(0, atUs + 1 - 2 * chance(2)) })),
  'shifts all times from one on': (events, chance) => {
    const from = chance(events.length)
    return events.map((event, index) => (index < from ? event : moved(event, 1 + chance(1_000_000))))
  },
  'calls it another kind': (events, chance) =>
    changed(events, chance, () => ({ kind: oneOf(chance, Object.keys(eventKinds) as EventKind[]) })),
  'swaps two': (events, chance) => {
    const [one, other] = [chance(events.length), chance(events.length)]
    return events.with(one, events[other]!).with(other, events[one]!)
  },
  'drops one': (events, chance) => events.toSpliced(chance(events.length), 1),
  'puts one in': (events, chance) =>
    events.toSpliced(chance(events.length), 0, { ...oneOf(chance, events), data: Buffer.from('rm -rf /') }),
  'repeats one': (events, chance) => events.toSpliced(chance(events.length), 0, oneOf(chance, events)),
  'cuts off the end': (events, chance) => events.slice(0, 1 + chance(events.length - 1)),
}

/** What an attack makes of them, at times that do not go back; undefined where that is what they were. */
export function attacked(
  events: RecordedEvent[],
  attack: (events: RecordedEvent[], chance: Chance) => RecordedEvent[],
  chance: Chance,
): readonly RecordedEvent[] | undefined {
  const changedEvents = inOrder(attack(events, chance))
  return isDeepStrictEqual(changedEvents, events) ? undefined : changedEvents
}

function changed(
  events: RecordedEvent[],
  chance: Chance,
  change: (event: RecordedEvent) => Partial<RecordedEvent>,
): RecordedEvent[] {
  const at = chance(events.length)
  return events.with(at, Object.assign({}, events[at], change(events[at]!)))
}

function moved(event: RecordedEvent, byUs: number): RecordedEvent {
  return { ...event, atUs: event.atUs + byUs }
}

/** Events of a frame, as long-session.ts stores them. */
const EVENTS_IN_FRAME = 40

/** What the channel is made of then. */
export interface Refitted {
  readonly frames: SealedFrame[]
  readonly salts: SaltBlock[]
  readonly head: Buffer
}

/**
 * Frames of these events, renumbered, that are sound in themselves; with a chain of their own where `opening` is given,
 * else with the check bytes that were there.
 */
export function refit(
  channel: number,
  events: readonly RecordedEvent[],
  before: { readonly frames: readonly SealedFrame[]; readonly salts: readonly SaltBlock[]; readonly opening?: string },
): Refitted {
  const chain = new ChannelChain(genesis(before.opening ?? '', channel))
  const numbered = events.map((event, seq) => Object.assign({}, event, { seq }))
  const computed = numbered.map((event) => chain.extend(event))
  const stored = before.frames.flatMap(({ checks }) => [...checks])
  const checks = before.opening === undefined ? computed.map((_, seq) => stored[seq] ?? 0) : computed
  const frames: SealedFrame[] = []
  for (let seq = 0; seq < numbered.length; seq += EVENTS_IN_FRAME) {
    const part = numbered.slice(seq, seq + EVENTS_IN_FRAME)
    frames.push(frameOf(channel, part, checks.slice(seq, seq + EVENTS_IN_FRAME)))
  }
  return { frames, salts: before.opening === undefined ? [...before.salts] : chain.takeSalts(), head: chain.head }
}

/** A frame has no event before another one: what is moved ahead happens when that one did. */
function inOrder(events: readonly RecordedEvent[]): RecordedEvent[] {
  let atUs = 0
  return events.map((event) => ({ ...event, atUs: (atUs = Math.max(atUs, event.atUs)) }))
}

function frameOf(channel: number, events: readonly RecordedEvent[], checks: readonly number[]): SealedFrame {
  const raw = encodeEvents(events)
  const data = deflateRawSync(raw)
  const [fromUs, toUs] = [events[0]?.atUs ?? 0, events.at(-1)?.atUs ?? 0]
  const facts = { channel, seq: events[0]?.seq ?? 0, events: events.length, fromUs, toUs, rawLength: raw.length }
  return { ...facts, data, checks: Buffer.from(checks), crc32: crc32(data) }
}
