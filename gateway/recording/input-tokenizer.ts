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

interface Ending {
  /** Bytes of the token so far, its terminator included where it has come. */
  readonly end: number
  readonly complete: boolean
}

const ESC = 0x1b
const pasteBegins = Buffer.from('\x1b[200~')
const pasteEnds = Buffer.from('\x1b[201~')
const nothing = Buffer.alloc(0)
/** OSC answers begin with a number, or `l` and `L` for titles; DCS ones with a digit or a sign; APC is kitty's `G`. */
const replyBegins = /^(\][\dlL]|P[\d>!$+]|_G)/

function longBegins(bytes: Buffer): LongKind | undefined {
  if (bytes[0] !== ESC) return undefined
  if (bytes.subarray(0, pasteBegins.length).equals(pasteBegins)) return 'paste'
  return replyBegins.test(bytes.toString('latin1', 1, 3)) ? 'reply' : undefined
}

function endOfPaste(bytes: Buffer): Ending {
  const found = bytes.indexOf(pasteEnds)
  if (found !== -1) return { end: found + pasteEnds.length, complete: true }
  const last = bytes.lastIndexOf(ESC)
  const cutInTerminator = last > 0 && pasteEnds.subarray(0, bytes.length - last).equals(bytes.subarray(last))
  return { end: cutInTerminator ? last : bytes.length, complete: false }
}

/** BEL or `ESC \` end a reply and belong to it; any other control character was typed behind one that broke off. */
function endOfReply(bytes: Buffer, from: number): Ending {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte >= 0x20 && byte !== 0x7f) continue
    if (byte === 0x07) return { end: at + 1, complete: true }
    if (byte === ESC && at + 1 === bytes.length) return { end: at, complete: false }
    if (byte === ESC && bytes[at + 1] === 0x5c) return { end: at + 2, complete: true }
    return { end: at, complete: true }
  }
  return { end: bytes.length, complete: false }
}

/**
 * Makes a tokenizer for UTF-8, ECMA-48 sequences, the keys of xterm and kitty, bracketed paste, mouse and focus
 * reports and the terminal's replies. It holds less than `TOKEN_MAX_BYTES`, whatever is pushed.
 */
export function createInputTokenizer(): InputTokenizer {
  let held: Buffer = nothing
  /** Pieces of this paste or reply have gone out already. */
  let inside: LongKind | undefined

  /** The next piece of a paste or reply, possibly empty; undefined while its end may still come whole. */
  function nextPiece(kind: LongKind, rest: Buffer): InputToken | undefined {
    const window = rest.subarray(0, TOKEN_MAX_BYTES)
    const { end, complete } = kind === 'paste' ? endOfPaste(window) : endOfReply(window, inside === undefined ? 1 : 0)
    if (!complete && window.length < TOKEN_MAX_BYTES) return undefined
    inside = complete ? undefined : kind
    return { kind, bytes: window.subarray(0, end) }
  }

  function next(rest: Buffer): InputToken | undefined {
    const long = inside ?? longBegins(rest)
    if (long !== undefined) return nextPiece(long, rest)
    const scan = scanSequence(rest)
    return scan && { kind: scan.kind, bytes: rest.subarray(0, scan.length) }
  }

  return {
    push(bytes) {
      let rest = held.length === 0 ? bytes : Buffer.concat([held, bytes])
      const tokens: InputToken[] = []
      while (rest.length > 0) {
        const token = next(rest)
        if (token === undefined) break
        if (token.bytes.length > 0) tokens.push(token)
        rest = rest.subarray(token.bytes.length)
      }
      held = rest.length === 0 ? nothing : Buffer.from(rest)
      return tokens
    },

    flush() {
      const rest = held
      const long = inside ?? longBegins(rest)
      held = nothing
      inside = undefined
      if (rest.length === 0) return []
      if (long !== undefined) return [{ kind: long, bytes: rest }]
      if (rest.length === 1 || rest[0] !== ESC || rest[1] !== ESC) return [{ kind: 'key', bytes: rest }]
      return [
        { kind: 'key', bytes: rest.subarray(0, 1) },
        { kind: 'key', bytes: rest.subarray(1) },
      ]
    },

    waitingFor() {
      if (held.length === 0 && inside === undefined) return undefined
      return (inside ?? longBegins(held)) === 'paste' ? 'paste' : 'sequence'
    },
  }
}
