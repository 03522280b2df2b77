import { type SequenceKind, scanSequence } from './input-sequence.ts'

/** One thing that arrived on a session's input: only `key` and `paste` are keystrokes. */
export interface InputToken {
  readonly kind: SequenceKind
  readonly bytes: Buffer
}

/** Cuts the input of one terminal into tokens; every byte ends up in exactly one. */
export interface InputTokenizer {
  push(bytes: Buffer): InputToken[]
  /** Ends what is incomplete: a held ESC becomes the key Esc, a held `ESC [` becomes Alt+[. */
  flush(): InputToken[]
  /** What the next bytes may still belong to; undefined between two tokens. */
  waitingFor(): 'sequence' | 'paste' | undefined
}

/**
 * A paste or a reply of the terminal that is longer comes as several tokens: memory stays bounded on input
 * that never ends, and the length of a keystroke fits SQL's smallint.
 */
export const TOKEN_MAX_BYTES = 16_384

type LongKind = 'paste' | 'reply'

const ESC = 0x1b
const pasteBegins = Buffer.from('\x1b[200~')
const pasteEnds = Buffer.from('\x1b[201~')
const nothing = Buffer.alloc(0)

/** Whether a paste or a reply begins at `at`. */
function longBegins(bytes: Buffer, at: number): LongKind | undefined {
  if (bytes[at] !== ESC) return undefined
  const end = at + pasteBegins.length
  if (bytes[at + 1] === 0x5b) return bytes.subarray(at, end).equals(pasteBegins) ? 'paste' : undefined
  return replyBegins(bytes[at + 1], bytes[at + 2]) ? 'reply' : undefined
}

/** OSC answers begin with a number, or `l` and `L` for titles; DCS ones with a digit or a sign; APC is kitty's `G`. */
function replyBegins(introducer: number | undefined, first: number | undefined): boolean {
  if (first === undefined) return false
  const isDigit = first >= 0x30 && first <= 0x39
  if (introducer === 0x5d) return isDigit || first === 0x6c || first === 0x4c
  if (introducer === 0x50) return isDigit || first === 0x3e || first === 0x21 || first === 0x24 || first === 0x2b
  return introducer === 0x5f && first === 0x47
}

/** Where a paste or a reply ends, or how far it was searched for its end. */
interface Ending {
  readonly end: number
  readonly complete: boolean
}

/** Looks for the end of a paste between `from` and `to`; an end that is cut begins behind what was searched. */
function endOfPaste(bytes: Buffer, from: number, to: number): Ending {
  const found = bytes.subarray(from, to).indexOf(pasteEnds)
  if (found !== -1) return { end: from + found + pasteEnds.length, complete: true }
  for (let length = Math.min(pasteEnds.length - 1, to - from); length > 0; length--) {
    if (bytes.subarray(to - length, to).equals(pasteEnds.subarray(0, length))) {
      return { end: to - length, complete: false }
    }
  }
  return { end: to, complete: false }
}

/** BEL or `ESC \` end a reply and belong to it; any other control character was typed behind one that broke off. */
function endOfReply(bytes: Buffer, from: number, to: number): Ending {
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0
    if (byte >= 0x20 && byte !== 0x7f) continue
    if (byte === 0x07) return { end: at + 1, complete: true }
    if (byte === ESC && at + 1 === to) return { end: at, complete: false }
    if (byte === ESC && bytes[at + 1] === 0x5c) return { end: at + 2, complete: true }
    return { end: at, complete: true }
  }
  return { end: to, complete: false }
}

/**
 * Makes a tokenizer for UTF-8, ECMA-48 sequences, the keys of xterm and kitty, bracketed paste, mouse and focus
 * reports and the terminal's replies. It holds less than `TOKEN_MAX_BYTES`, whatever is pushed, and looks at each byte
 * a bounded number of times, however they come.
 */
export function createInputTokenizer(): InputTokenizer {
  const held = new HeldBytes()
  /** Pieces of this paste or reply have gone out already. */
  let inside: LongKind | undefined
  /** How much of the paste or reply that is held was searched for its end. */
  let searched = 0

  /** Length of the next piece of a paste or reply, possibly 0; undefined while its end may still come whole. */
  function nextPiece(kind: LongKind, bytes: Buffer, at: number): number | undefined {
    const to = Math.min(at + TOKEN_MAX_BYTES, bytes.length)
    const from = at + Math.max(searched, inside === undefined ? 1 : 0)
    const { end, complete } = kind === 'paste' ? endOfPaste(bytes, from, to) : endOfReply(bytes, from, to)
    searched = 0
    if (complete) inside = undefined
    else if (to - at < TOKEN_MAX_BYTES) {
      searched = end - at
      return undefined
    } else inside = kind
    return end - at
  }

  return {
    push(pushed) {
      const bytes = held.with(pushed)
      const tokens: InputToken[] = []
      let at = 0
      while (at < bytes.length) {
        const long = inside ?? longBegins(bytes, at)
        const scan = long === undefined ? scanSequence(bytes, at) : undefined
        const length = long === undefined ? scan?.length : nextPiece(long, bytes, at)
        if (length === undefined) break
        const kind = long ?? scan?.kind ?? 'key'
        if (length > 0) tokens.push({ kind, bytes: bytes.subarray(at, at + length) })
        at += length
      }
      held.keep(bytes, at)
      return tokens
    },

    flush() {
      const rest = held.take()
      const long = inside ?? longBegins(rest, 0)
      inside = undefined
      searched = 0
      if (rest.length === 0) return []
      if (long !== undefined) return [{ kind: long, bytes: rest }]
      if (rest.length === 1 || rest[0] !== ESC || rest[1] !== ESC) return [{ kind: 'key', bytes: rest }]
      return [
        { kind: 'key', bytes: rest.subarray(0, 1) },
        { kind: 'key', bytes: rest.subarray(1) },
      ]
    },

    waitingFor() {
      if (held.isEmpty && inside === undefined) return undefined
      return (inside ?? longBegins(held.bytes, 0)) === 'paste' ? 'paste' : 'sequence'
    },
  }
}

/** The beginning of what is not complete. It grows in place: a paste that comes byte by byte is not copied for each. */
class HeldBytes {
  #store = nothing
  #length = 0

  get isEmpty(): boolean {
    return this.#length === 0
  }

  get bytes(): Buffer {
    return this.#store.subarray(0, this.#length)
  }

  /** All that is held and what comes now; these bytes alone where nothing is held. */
  with(more: Buffer): Buffer {
    if (this.#length === 0) return more
    const length = this.#length + more.length
    if (length > this.#store.length) {
      const larger = Buffer.allocUnsafe(2 * length)
      this.#store.copy(larger, 0, 0, this.#length)
      this.#store = larger
    }
    more.copy(this.#store, this.#length)
    this.#length = length
    return this.bytes
  }

  /** Holds the end of `bytes`, of which `with` gave them all; tokens made of the beginning stay as they are. */
  keep(bytes: Buffer, from: number): void {
    if (from === 0 && this.#length > 0) return
    this.#store = from === bytes.length ? nothing : Buffer.from(bytes.subarray(from))
    this.#length = this.#store.length
  }

  take(): Buffer {
    const { bytes } = this
    this.#store = nothing
    this.#length = 0
    return bytes
  }
}
