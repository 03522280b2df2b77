/** What a sequence on the input is. Only `key` and `paste` were pressed by a person; `release` ends a press. */
export type SequenceKind = 'key' | 'release' | 'paste' | 'mouse' | 'focus' | 'reply'

export interface SequenceScan {
  readonly kind: SequenceKind
  /** Bytes, at least 1. */
  readonly length: number
}

/** No key of any terminal comes near this; it bounds what is held of a sequence that never ends. */
const CONTROL_SEQUENCE_MAX_BYTES = 256

const ESC = 0x1b
/** Finals of SS3: arrows, Home, End, F1-F4, the keypad of application mode, rxvt's Ctrl+arrows. */
const singleShiftFinals = new Set(Buffer.from('ABCDEFHMPQRSXabcdjklmnopqrstuvwxy'))

// All of these read from `at` on, without a copy: a flood of sequences must cost as little as its bytes.

/**
 * Length of the UTF-8 character at `at`: 1 for a byte that begins none, undefined while its end is missing.
 */
function scanCharacter(bytes: Buffer, at: number): number | undefined {
  const lead = bytes[at] ?? 0
  const length = lead < 0xc2 || lead > 0xf4 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
  for (let next = 1; next < length; next++) {
    const byte = bytes[at + next]
    if (byte === undefined) return undefined
    if ((byte & 0xc0) !== 0x80) return 1
  }
  return length
}

/** xterm sends Shift+F3 as `CSI 1;2 R`, in the form of a report that the cursor is in row 1. */
function isCursorReport(parameters: string): boolean {
  return /^\d+;\d+$/.test(parameters) && !/^1;([2-9]|1[0-6])$/.test(parameters)
}

function classify(parameters: string, final: string): SequenceKind {
  if (parameters.startsWith('<')) return final === 'M' || final === 'm' ? 'mouse' : 'reply'
  if (/^[?>=]/.test(parameters)) return 'reply'
  switch (final) {
    case 'M':
      return 'mouse'
    case 'I':
    case 'O':
      return parameters === '' ? 'focus' : 'key'
    case 'c':
      // rxvt's Shift+Right has no parameters; device attributes have.
      return parameters === '' ? 'key' : 'reply'
    case 'n':
    case 't':
    case 'x':
    case 'y':
      return 'reply'
    case 'R':
      return isCursorReport(parameters) ? 'reply' : 'key'
    case '~':
      if (parameters === '200' || parameters === '201') return 'paste'
  }
  return /^[\d:]*;\d*:3(;|$)/.test(parameters) ? 'release' : 'key'
}

/** `CSI …` (ECMA-48 §5.4), the Linux console's `ESC [ [ A` and X10's mouse, `ESC [ M` and three bytes. */
function scanControlSequence(bytes: Buffer, at: number): SequenceScan | undefined {
  const first = bytes[at + 2]
  if (first === 0x5b) {
    const key = bytes[at + 3]
    if (key === undefined) return undefined
    return { kind: 'key', length: key >= 0x41 && key <= 0x45 ? 4 : 3 }
  }
  if (first === 0x4d) return bytes.length < at + 6 ? undefined : { kind: 'mouse', length: 6 }
  const end = Math.min(bytes.length - at, CONTROL_SEQUENCE_MAX_BYTES)
  for (let next = 2; next < end; next++) {
    const byte = bytes[at + next] ?? 0
    if (byte >= 0x20 && byte <= 0x3f) continue
    if (byte < 0x40 || byte > 0x7e) return { kind: 'key', length: next }
    const kind = classify(bytes.toString('latin1', at + 2, at + next), String.fromCharCode(byte))
    return { kind, length: next + 1 }
  }
  return end === CONTROL_SEQUENCE_MAX_BYTES ? { kind: 'key', length: end } : undefined
}

/** `SS3 A`, or with a modifier as konsole sends it, `SS3 5 A`; any other byte was typed after Alt+O. */
function scanSingleShift(bytes: Buffer, at: number): SequenceScan | undefined {
  const typed = { kind: 'key', length: 2 } as const
  const first = bytes[at + 2]
  if (first === undefined) return undefined
  if (singleShiftFinals.has(first)) return { kind: 'key', length: 3 }
  if (first < 0x31 || first > 0x39) return typed
  const second = bytes[at + 3]
  if (second === undefined) return undefined
  return second >= 0x41 && second <= 0x53 ? { kind: 'key', length: 4 } : typed
}

function scanEscape(bytes: Buffer, at: number): SequenceScan | undefined {
  const alone = { kind: 'key', length: 1 } as const
  const first = bytes[at + 1]
  switch (first) {
    case undefined:
      return undefined
    case ESC: {
      // Alt with a key that is a sequence itself; before anything else the first ESC was a key of its own.
      const second = bytes[at + 2]
      if (second === undefined) return undefined
      if (second !== 0x5b && second !== 0x4f) return alone
      const inner = scanEscape(bytes, at + 1)
      if (inner === undefined) return undefined
      return inner.kind === 'key' && inner.length > 2 ? { kind: 'key', length: inner.length + 1 } : alone
    }
    case 0x4f:
      return scanSingleShift(bytes, at)
    case 0x5b:
      return scanControlSequence(bytes, at)
    case 0x50:
    case 0x5d:
    case 0x5f:
      // The byte after `ESC P`, `ESC ]`, `ESC _` tells a reply from Alt with that character.
      return bytes.length === at + 2 ? undefined : { kind: 'key', length: 2 }
  }
  const length = scanCharacter(bytes, at + 1)
  if (length === undefined) return undefined
  return length === 1 && first >= 0x80 ? alone : { kind: 'key', length: length + 1 }
}

/**
 * The key, report or short reply that stands at `at` (before the end of `bytes`); undefined while its end is missing.
 * Bytes that fit no grammar are keys of their own, so that nothing typed goes missing.
 */
export function scanSequence(bytes: Buffer, at: number): SequenceScan | undefined {
  if (bytes[at] === ESC) return scanEscape(bytes, at)
  const length = scanCharacter(bytes, at)
  return length === undefined ? undefined : { kind: 'key', length }
}
