import type { KeystrokeRun } from './record-store.ts'
import { type TimedToken, createTimedInput } from './timed-input.ts'

/** Packs the keystrokes of one channel into runs as the table `keystroke_run` holds them. */
export interface KeystrokeCollector {
  /** Bytes of one input event; `atUs` never decreases. */
  input(atUs: number, bytes: Buffer): void
  /** The channel has ended: what is incomplete is a key as it is. */
  flush(): void
  /** The keystrokes that are complete and were not taken before, in order; empty when there are none. */
  take(): KeystrokeRun[]
}

/** A run ends at the first of these; 30 s also keep the microseconds between two keys inside SQL's integer. */
const RUN_MAX_KEYS = 128
const RUN_MAX_BYTES = 65_536
const RUN_MAX_US = 30_000_000

/**
 * `firstSeq` is the number of the next keystroke, from 0. Mouse, focus and the terminal's replies are no
 * keystrokes. An incomplete sequence (a lone ESC) is held until later input or `flush()` decides it.
 */
export function createKeystrokeCollector(sessionId: string, channel: number, firstSeq: number): KeystrokeCollector {
  const timedInput = createTimedInput()
  let nextSeq = firstSeq
  let pressed: TimedToken[] = []

  function keep(tokens: readonly TimedToken[]): void {
    pressed = pressed.concat(tokens.filter(({ kind }) => kind === 'key' || kind === 'paste'))
  }

  function pack(keys: readonly TimedToken[]): KeystrokeRun {
    const seq = nextSeq
    nextSeq += keys.length
    const fromUs = keys[0]?.atUs ?? 0
    return {
      sessionId,
      channel,
      seq,
      fromUs,
      deltasUs: keys.map(({ atUs }, index) => atUs - (keys[index - 1]?.atUs ?? fromUs)),
      lengths: keys.map(({ bytes }) => bytes.length),
      bytes: Buffer.concat(keys.map(({ bytes }) => bytes)),
    }
  }

  return {
    input: (atUs, bytes) => keep(timedInput.input(atUs, bytes)),
    flush: () => keep(timedInput.flush()),

    take() {
      const keys = pressed
      pressed = []
      return cutIntoRuns(keys).map(pack)
    },
  }
}

function cutIntoRuns(keys: readonly TimedToken[]): TimedToken[][] {
  const runs: TimedToken[][] = []
  let run: TimedToken[] = []
  let bytes = 0
  for (const key of keys) {
    const fits =
      run.length < RUN_MAX_KEYS &&
      bytes + key.bytes.length <= RUN_MAX_BYTES &&
      key.atUs - (run[0]?.atUs ?? key.atUs) <= RUN_MAX_US
    if (!fits || run.length === 0) {
      run = []
      bytes = 0
      runs.push(run)
    }
    run.push(key)
    bytes += key.bytes.length
  }
  return runs
}
