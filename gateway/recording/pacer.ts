import { setImmediate } from 'node:timers/promises'

/** How long one turn of the event loop may go on with work that can wait: the same process relays keystrokes. */
const TURN_MAX_MS = 2

/** Makes a function to await often in long work: it lets everything else run once a turn has lasted too long. */
export function createPacer(): () => Promise<void> {
  let turnBegan = performance.now()
  return async () => {
    if (performance.now() - turnBegan < TURN_MAX_MS) return
    await setImmediate()
    turnBegan = performance.now()
  }
}
