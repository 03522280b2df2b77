import type { Chance } from '#test/harness/chance.ts'

/** Lengths and counts that programs stumble over. */
const NUMBERS = [0, 1, 2, 255, 256, 32_768, 65_535, 262_144, 2 ** 24, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 2, 2 ** 32 - 1]
/** As many as a flood has, and few enough that a run is short. */
const REPEATED_MAX = 400
const PADDING_MAX = 260_000

/** What became of a conversation, and how, in words for whoever repeats it. */
export interface Mutated {
  readonly messages: readonly Buffer[]
  readonly done: readonly string[]
}

type Change = (message: Buffer, chance: Chance) => Buffer

const changes: Readonly<Record<string, Change>> = {
  flip(message, chance) {
    const bytes = Buffer.from(message)
    const at = chance(bytes.length)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << chance(8))
    return bytes
  },
  cut: (message, chance) => message.subarray(0, 1 + chance(message.length)),
  extend: (message, chance) => Buffer.concat([message, noise(1 + chance(64), chance)]),
  pad: (message, chance) => Buffer.concat([message, Buffer.alloc(chance(PADDING_MAX), chance(256))]),
  renumber: (message, chance) => Buffer.concat([Buffer.of(chance(256)), message.subarray(1)]),
  number(message, chance) {
    if (message.length < 5) return message
    const bytes = Buffer.from(message)
    bytes.writeUInt32BE(NUMBERS[chance(NUMBERS.length)] ?? 0, 1 + chance(bytes.length - 4))
    return bytes
  },
  /** One that is likely a length, for what follows has at least so many bytes. */
  length(message, chance) {
    const lengths = lengthFields(message)
    const at = lengths[chance(lengths.length)]
    if (at === undefined) return message
    const bytes = Buffer.from(message)
    const near = bytes.readUInt32BE(at) + chance(5) - 2
    bytes.writeUInt32BE(chance(2) === 0 ? Math.max(near, 0) : (NUMBERS[chance(NUMBERS.length)] ?? 0), at)
    return bytes
  },
  overwrite(message, chance) {
    const bytes = Buffer.from(message)
    noise(1 + chance(8), chance).copy(bytes, chance(bytes.length))
    return bytes
  },
}

type Reorder = (messages: Buffer[], at: number, chance: Chance) => void

const reorders: Readonly<Record<string, Reorder>> = {
  drop: (messages, at) => void messages.splice(at, 1),
  twice: (messages, at) => void messages.splice(at, 0, messages[at] ?? Buffer.of(0)),
  swap(messages, at, chance) {
    const [message = Buffer.of(0)] = messages.splice(at, 1)
    messages.splice(chance(messages.length + 1), 0, message)
  },
  repeat(messages, at, chance) {
    const copies = Array.from({ length: chance(REPEATED_MAX) }, () => messages[at] ?? Buffer.of(0))
    messages.splice(at, 0, ...copies)
  },
  splice(messages, at, chance) {
    const [one, other] = [messages[at], messages[chance(messages.length)]]
    if (one === undefined || other === undefined) return
    messages[at] = Buffer.concat([one.subarray(0, 1 + chance(one.length)), other.subarray(chance(other.length))])
  },
  insert: (messages, at, chance) =>
    void messages.splice(at, 0, Buffer.concat([Buffer.of(1 + chance(110)), noise(chance(100), chance)])),
}

/** Changes some messages and their order, at least one thing. Messages never become empty. */
export function mutateMessages(original: readonly Buffer[], chance: Chance): Mutated {
  const messages = [...original]
  const done: string[] = []
  for (let left = 1 + chance(4); left > 0 && messages.length > 0; left--) {
    const at = chance(messages.length)
    const kind = messages[at]?.[0]
    if (chance(3) === 0) {
      const [name, reorder] = pick(reorders, chance)
      reorder(messages, at, chance)
      done.push(`${name} ${at} (message ${kind})`)
    } else {
      const [name, change] = pick(changes, chance)
      messages[at] = change(messages[at] ?? Buffer.of(0), chance)
      done.push(`${name} ${at} (message ${kind})`)
    }
  }
  return { messages, done }
}

/** Changes bytes that are no messages: a handshake before there are keys, or what is encrypted. */
export function mutateBytes(original: Buffer, chance: Chance): { readonly bytes: Buffer; readonly done: string } {
  const [name, change] = pick(changes, chance)
  if (original.length === 0 || name === 'pad') return { bytes: original, done: 'nothing' }
  return { bytes: change(original, chance), done: `${name} of ${original.length} bytes` }
}

export function noise(length: number, chance: Chance): Buffer {
  return Buffer.from(Array.from({ length }, () => chance(256)))
}

function lengthFields(message: Buffer): number[] {
  const fields: number[] = []
  for (let at = 1; at + 4 <= message.length; at++) {
    const length = message.readUInt32BE(at)
    if (length > 0 && length <= message.length - at - 4) fields.push(at)
  }
  return fields
}

function pick<Value>(from: Readonly<Record<string, Value>>, chance: Chance): [string, Value] {
  const entries = Object.entries(from)
  return entries[chance(entries.length)] as [string, Value]
}
