import { randomInt } from 'node:crypto'

/** Whole numbers below a limit. */
export type Chance = (limit: number) => number

/**
 * The same numbers for the same seed. The seed is that of GATEBOOK_TEST_SEED, or new; it is printed, so that a run that
 * failed can be repeated.
 */
export function seededChance(): Chance {
  const seed = Number(process.env.GATEBOOK_TEST_SEED ?? randomInt(2 ** 31))
  console.log(`GATEBOOK_TEST_SEED=${seed}`)
  return chanceOf(seed)
}

/** The same numbers for the same seed (mulberry32). */
export function chanceOf(seed: number): Chance {
  let state = seed
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }
}
