import type { Duplex } from 'node:stream'

/**
 * libuv reads one socket up to 32 × 64 KiB before it looks at the next, so a full-speed session makes
 * a neighbour's keystroke wait 12-22 ms. One read of libuv at a time costs no more processor time than two.
 */
const BYTES_PER_TURN = 64 * 1024
/**
 * A peer that takes none of what we say is not read either: whatever it asks would add to what waits.
 * Well above the data that windows let wait, so that nobody honest meets it.
 */
const UNSENT_MAX = 4 * 1024 * 1024

/** Hands over what a stream receives, at most `BYTES_PER_TURN` in one turn of the event loop. */
export function readFairly(stream: Duplex, take: (chunk: Buffer) => void): void {
  let taken = 0
  let turnEnds = false
  const readOn = () => {
    if (stream.isPaused() && taken < BYTES_PER_TURN && stream.writableLength <= UNSENT_MAX) stream.resume()
  }
  const nextTurn = () => {
    turnEnds = false
    taken = 0
    readOn()
  }
  stream.on('drain', readOn)
  stream.on('data', (chunk: Buffer) => {
    taken += chunk.length
    if (!turnEnds) {
      turnEnds = true
      setImmediate(nextTurn)
    }
    if (taken >= BYTES_PER_TURN) stream.pause()
    take(chunk)
    if (stream.writableLength > UNSENT_MAX) stream.pause()
  })
}
