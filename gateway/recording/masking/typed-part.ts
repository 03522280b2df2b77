/** A part of what was typed at once. */
export interface TypedPart {
  /** Bytes of the input event, `to` excluded. */
  readonly from: number
  readonly to: number
  /**
   * `character`: may belong to a secret. `lineEnd`: whoever reads a line has it now, or gave it up. `control`: keys
   * that edit and move.
   */
  readonly kind: 'character' | 'lineEnd' | 'control'
}

const ESC = 0x1b
const DELETE = 0x7f
/** CR and LF end a line; Ctrl+C, Ctrl+D, Ctrl+Z and Ctrl+\ give it up (termios(3): INTR, EOF, SUSP, QUIT). */
const LINE_ENDS = new Set([0x0d, 0x0a, 0x03, 0x04, 0x1a, 0x1c])

/** Cuts the bytes of one input event into characters, ends of lines and the rest. */
export function typedParts(bytes: Buffer): TypedPart[] {
  const parts: TypedPart[] = []
  for (let from = 0; from < bytes.length;) {
    const byte = bytes[from] ?? 0
    const to = byte === ESC ? endOfSequence(bytes, from) : from + (byte < 0xc0 ? 1 : characterLength(bytes, from))
    const isControl = byte < 0x20 || byte === DELETE
    parts.push({ from, to, kind: LINE_ENDS.has(byte) ? 'lineEnd' : isControl ? 'control' : 'character' })
    from = to
  }
  return parts
}

/** ECMA-48 §5.4: CSI, or SS3 as the keypad sends it; of anything else, Alt and the key: the key may be a secret's. */
function endOfSequence(bytes: Buffer, from: number): number {
  const introducer = bytes[from + 1]
  if (introducer === 0x4f) return Math.min(from + 3, bytes.length)
  if (introducer !== 0x5b) return from + 1
  for (let at = from + 2; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte >= 0x40 && byte <= 0x7e) return at + 1
    if (byte < 0x20) return at
  }
  return bytes.length
}

/** Of UTF-8, as much of it as is there. */
function characterLength(bytes: Buffer, from: number): number {
  let to = from + 1
  while (to < bytes.length && ((bytes[to] ?? 0) & 0xc0) === 0x80) to++
  return to - from
}
