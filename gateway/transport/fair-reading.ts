import type { Duplex } from 'node:stream'

/**
 * libuv reads one socket up to 32 × 64 KiB before it looks at the next, so a full-speed session makes
 * a neighbour's keystroke wait 12-22 ms; with this quantum it is about 1 ms (research/bench.md §2).
 */
const BYTES_PER_TURN = 128 * 1024

/** Hands over what a stream receives, at most `BYTES_PER_TURN` of it in one turn of the event loop. */
export function readFairly(stream: Duplex, take: (chunk: Buffer) => void): void {
  let taken = 0
  let turnEnds = false
  const nextTurn = () => {
    turnEnds = false
    taken = 0
    if (stream.isPaused()) stream.resume()
  }
  stream.on('data', (chunk: Buffer) => {
    taken += chunk.length
    if (!turnEnds) {
      turnEnds = true
      setImmediate(nextTurn)
    }
    if (taken >= BYTES_PER_TURN) stream.pause()
    take(chunk)
  })
}
