import { setFlagsFromString } from 'node:v8'

/** Settings of V8 for a process that relays. Call before any traffic. */
export function tuneEngine(): void {
  // The heap may grow to four times what is in use before V8 collects it whole, as V8 itself starts out. Buffers of
  // traffic count towards that limit, and they are freed long before by the quick collections of young objects. But
  // with a heap as small as ours V8 sets the limit so near that it is reached first: ten whole collections a second
  // beside a transfer, with four threads, a third of the processor time of the gateway.
  setFlagsFromString('--heap-growing-percent=300')
  // Compiles what runs often after a sixteenth of the usual work: a keystroke comes every 30 ms to caches that others
  // have filled, and compiled code is half the way through us (`npm run bench -- --only echo`).
  setFlagsFromString('--interrupt-budget=4000')
}
