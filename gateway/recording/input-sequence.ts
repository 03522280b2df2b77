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
const singleShiftFinals = /^[A-FHMP-SXa-dj-y]$/

/**
 * Length of the UTF-8 character the bytes begin with: 1 for a byte that begins none, undefined while its end
 * is missing.
 */
function scanCharacter(bytes: Buffer): number | undefined {
  const lead = bytes[0] ?? 0
  const length = lead < 0xc2 || lead > 0xf4 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
  for (let at = 1; at < length; at++) {
    const byte = bytes[at]
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
function scanControlSequence(bytes: Buffer): SequenceScan | undefined {
  const first = bytes[2]
  if (first === 0x5b) {
    const key = bytes[3]
    if (key === undefined) return undefined
    return { kind: 'key', length: key >= 0x41 && key <= 0x45 ? 4 : 3 }
  }
  if (first === 0x4d) return bytes.length < 6 ? undefined : { kind: 'mouse', length: 6 }
  const end = Math.min(bytes.length, CONTROL_SEQUENCE_MAX_BYTES)
  for (let at = 2; at < end; at++) {
    const byte = bytes[at] ?? 0
    if (byte >= 0x20 && byte <= 0x3f) continue
    if (byte < 0x40 || byte > 0x7e) return { kind: 'key', length: at }
    const kind = classify(bytes.toString('latin1', 2, at), String.fromCharCode(byte))
    return { kind, length: at + 1 }
  }
  return end === CONTROL_SEQUENCE_MAX_BYTES ? { kind: 'key', length: end } : undefined
}

/** `SS3 A`, or with a modifier as konsole sends it, `SS3 5 A`; any other byte was typed after Alt+O. */
function scanSingleShift(bytes: Buffer): SequenceScan | undefined {
  const typed = { kind: 'key', length: 2 } as const
  const first = bytes[2]
  if (first === undefined) return undefined
  if (singleShiftFinals.test(String.fromCharCode(first))) return { kind: 'key', length: 3 }
  if (first < 0x31 || first > 0x39) return typed
  const second = bytes[3]
  if (second === undefined) return undefined
  return second >= 0x41 && second <= 0x53 ? { kind: 'key', length: 4 } : typed
}

function scanEscape(bytes: Buffer): SequenceScan | undefined {
  const alone = { kind: 'key', length: 1 } as const
  switch (bytes[1]) {
    case undefined:
      return undefined
    case ESC: {
      // Alt with a key that is a sequence itself; before anything else the first ESC was a key of its own.
      if (bytes.length === 2) return undefined
      if (bytes[2] !== 0x5b && bytes[2] !== 0x4f) return alone
      const inner = scanEscape(bytes.subarray(1))
      if (inner === undefined) return undefined
      return inner.kind === 'key' && inner.length > 2 ? { kind: 'key', length: inner.length + 1 } : alone
    }
    case 0x4f:
      return scanSingleShift(bytes)
    case 0x5b:
      return scanControlSequence(bytes)
    case 0x50:
    case 0x5d:
    case 0x5f:
      // The byte after `ESC P`, `ESC ]`, `ESC _` tells a reply from Alt with that character.
      return bytes.length === 2 ? undefined : { kind: 'key', length: 2 }
  }
  const length = scanCharacter(bytes.subarray(1))
  if (length === undefined) return undefined
  return length === 1 && (bytes[1] ?? 0) >= 0x80 ? alone : { kind: 'key', length: length + 1 }
}

/**
 * The key, report or short reply that `bytes` (not empty) begin with; undefined while its end is missing.
 * Bytes that fit no grammar are keys of their own, so that nothing typed goes missing.
 */
export function scanSequence(bytes: Buffer): SequenceScan | undefined {
  if (bytes[0] === ESC) return scanEscape(bytes)
  const length = scanCharacter(bytes)
  return length === undefined ? undefined : { kind: 'key', length }
}
