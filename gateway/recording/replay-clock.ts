import type { RecordedEvent } from './event.ts'
import { createPacer } from './pacer.ts'

/** Maps the time of the record to the time of its replay, in which no pause is longer than a limit. */
export interface ReplayClock {
  /** Something happened at `atUs`, which never decreases: a pause before it may be shortened. */
  advance(atUs: number): void
  /** Whole microseconds from the start of the replay, 0 at the first event. Never decreases with `atUs`. */
  toReplayUs(atUs: number): number
  /** Where pauses that were cut are over, in order: between two of these the replay runs at the pace of the record. */
  resumptions(): readonly { readonly atUs: number; readonly replayUs: number }[]
  /** Of the last event so far. */
  lengthUs(): number
}

interface ShortenedPause {
  readonly fromUs: number
  /** What this pause lost. */
  readonly cutUs: number
  /** What it and all before it lost. */
  readonly totalUs: number
}

/** `idleUs` is the longest pause of the replay in microseconds; 0 keeps every pause. */
export function createReplayClock(idleUs: number): ReplayClock {
  const pauses: ShortenedPause[] = []
  let firstUs: number | undefined
  let lastUs = 0

  /** The last shortened pause that began before `atUs`. */
  function pauseBefore(atUs: number): ShortenedPause | undefined {
    let low = 0
    let high = pauses.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((pauses[middle]?.fromUs ?? 0) < atUs) low = middle + 1
      else high = middle
    }
    return pauses[low - 1]
  }

  function toReplayUs(atUs: number): number {
    const sinceFirst = Math.max(atUs - (firstUs ?? atUs), 0)
    const pause = pauseBefore(atUs)
    if (pause === undefined) return sinceFirst
    // Inside the pause the replay runs on to its limit and stands there.
    const insideUs = Math.max(atUs - pause.fromUs - idleUs, 0)
    return sinceFirst - pause.totalUs + pause.cutUs - Math.min(insideUs, pause.cutUs)
  }

  return {
    toReplayUs,
    resumptions: () =>
      pauses.map(({ fromUs, cutUs, totalUs }) => {
        const atUs = fromUs + idleUs + cutUs
        return { atUs, replayUs: atUs - (firstUs ?? 0) - totalUs }
      }),
    lengthUs: () => toReplayUs(lastUs),

    advance(atUs) {
      const cutUs = atUs - lastUs - idleUs
      if (firstUs === undefined) firstUs = atUs
      else if (idleUs > 0 && cutUs > 0) {
        pauses.push({ fromUs: lastUs, cutUs, totalUs: cutUs + (pauses.at(-1)?.totalUs ?? 0) })
      }
      lastUs = atUs
    },
  }
}

/** Passes events on and tells the clock of each, shown or not: a pause is a time without any. */
export async function* ticking(
  recording: AsyncIterable<RecordedEvent>,
  clock: ReplayClock,
): AsyncGenerator<RecordedEvent> {
  const pace = createPacer()
  for await (const event of recording) {
    await pace()
    clock.advance(event.atUs)
    yield event
  }
}
