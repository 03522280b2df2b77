import type { Duplex } from 'node:stream'

/**
 * libuv reads one socket up to 32 × 64 KiB before it looks at the next, so a full-speed session makes
 * a neighbour's keystroke wait 12-22 ms. One read of libuv at a time, where there are neighbours.
 */
const BYTES_PER_TURN = 64 * 1024
/** A turn has its price: where nobody waits, four times as much is 5 to 10 % faster (`npm run bench -- --only download`). */
const BYTES_PER_TURN_ALONE = 4 * BYTES_PER_TURN
/** One session: the administrator's stream and the target's. */
const STREAMS_ALONE = 2
const LATELY_MS = 1000
/**
 * A peer that takes none of what we say is not read either: whatever it asks would add to what waits.
 * Well above the data that windows let wait, so that nobody honest meets it.
 */
const UNSENT_MAX = 4 * 1024 * 1024

/** How many streams of this process said something in the last one to two periods of `LATELY_MS`. */
class Company {
  #period = 0
  #since = 0
  #heard = 0
  #heardBefore = 0

  /** The stream that heard in `period` says something; gives the period of now. */
  hear(period: number | undefined): number {
    const age = performance.now() - this.#since
    if (age > LATELY_MS) {
      this.#heardBefore = age > 2 * LATELY_MS ? 0 : this.#heard
      this.#heard = 0
      this.#since += age
      this.#period++
    }
    if (period !== this.#period) this.#heard++
    return this.#period
  }

  get isAlone(): boolean {
    return Math.max(this.#heard, this.#heardBefore) <= STREAMS_ALONE
  }
}

/** All streams of a process share its one event loop. */
const company = new Company()

/** Hands over what a stream receives, so much in one turn of the event loop that others have theirs soon. */
export function readFairly(stream: Duplex, take: (chunk: Buffer) => void): void {
  let taken = 0
  let turnEnds = false
  let period: number | undefined
  const bytesPerTurn = () => (company.isAlone ? BYTES_PER_TURN_ALONE : BYTES_PER_TURN)
  const readOn = () => {
    if (stream.isPaused() && taken < bytesPerTurn() && stream.writableLength <= UNSENT_MAX) stream.resume()
  }
  const nextTurn = () => {
    turnEnds = false
    taken = 0
    readOn()
  }
  stream.on('drain', readOn)
  stream.on('data', (chunk: Buffer) => {
    period = company.hear(period)
    taken += chunk.length
    if (!turnEnds) {
      turnEnds = true
      setImmediate(nextTurn)
    }
    if (taken >= bytesPerTurn()) stream.pause()
    take(chunk)
    if (stream.writableLength > UNSENT_MAX) stream.pause()
  })
}
