import type { Duplex } from 'node:stream'

/** What is gathered goes at this size, so that the peer can begin with it while we prepare the next. */
const GATHERED_MAX = 32 * 1024

/**
 * The first packet of a turn goes to the peer's TCP at once, small ones behind it together: a write costs more
 * than the encryption of a packet, and a flood on a terminal comes in packets of a few hundred bytes.
 */
export function gatheredWrites(stream: Duplex): (data: Buffer) => void {
  let phase: 'first' | 'second' | 'gathering' = 'first'
  let gathered = 0
  const endTurn = () => {
    if (phase === 'gathering') stream.uncork()
    phase = 'first'
  }
  return (data) => {
    if (stream.destroyed || !stream.writable) return
    if (phase === 'first') {
      phase = 'second'
      process.nextTick(endTurn)
    } else if (phase === 'second') {
      phase = 'gathering'
      gathered = 0
      stream.cork()
    }
    stream.write(data)
    if (phase !== 'gathering') return
    gathered += data.length
    if (gathered < GATHERED_MAX) return
    stream.uncork()
    phase = 'second'
  }
}

/** Longer than any client computes its KEXINIT; shorter than a person notices. */
const HOLD_KEXINIT_MS = 15
const NEWLINE = 0x0a

/**
 * Keeps our KEXINIT back until the client's has come (or 15 ms passed): sent at once, the client's
 * gets no prompt acknowledgement, and its next message waits 40 ms for Nagle's algorithm
 * (research/bench.md §1). Call with each chunk before it is parsed.
 */
export function holdKexInit(stream: Duplex): (chunk: Buffer) => void {
  let phase: 'before ident' | 'held' | 'open' = 'before ident'
  const open = () => {
    if (phase === 'held') stream.uncork()
    phase = 'open'
  }
  return (chunk) => {
    if (phase === 'held') process.nextTick(open)
    if (phase !== 'before ident') return
    phase = 'open'
    if (chunk.at(-1) !== NEWLINE) return
    phase = 'held'
    stream.cork()
    setTimeout(open, HOLD_KEXINIT_MS)
  }
}
