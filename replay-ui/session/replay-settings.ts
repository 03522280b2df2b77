import { createSignal } from 'solid-js'

export const speeds = [0.5, 1, 2, 4, 8] as const
export type Speed = (typeof speeds)[number]

/** Longer pauses are cut to this many seconds while idle time is skipped. */
const IDLE_S = 2

export type ReplaySettings = ReturnType<typeof createReplaySettings>

/** How a recording is watched: its pace, and whether its pauses are kept. */
export function createReplaySettings() {
  const [speed, setSpeed] = createSignal<Speed>(1)
  const [skipIdle, setSkipIdle] = createSignal(true)
  return {
    speed,
    setSpeed,
    /** One step faster or slower; stays at the ends. */
    shiftSpeed: (by: 1 | -1) => setSpeed((now) => speeds[speeds.indexOf(now) + by] ?? now),
    skipIdle,
    setSkipIdle,
    /** What the API is asked for; 0 keeps every pause. */
    idleS: () => (skipIdle() ? IDLE_S : 0),
  }
}
