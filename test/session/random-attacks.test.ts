import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { seededChance } from '#test/harness/chance.ts'
import { type Chance, copyOf } from './attacks.ts'
import { attackDossier, dossierAlteration, dossiers } from './dossier-attacks.ts'
import { dossierOf } from './exported-dossier.ts'
import { recordLongSession } from './long-session.ts'
import { attackRecord } from './record-attacks.ts'
import { sealedWorld } from './sealed-world.ts'
import { alterationOf, storedRecord } from './stored-record.ts'

const TRIES = 1000

/** Three sealed sessions, of which one is long, and nobody has altered anything. */
async function sealedSessions() {
  const world = await sealedWorld()
  const long = await recordLongSession(world.stores, { ...world.access, startedAt: new Date('2026-11-23T16:00:00Z') })
  await world.signHead()
  return { world, long }
}

/** Attacks until so many have changed something; what was not seen, by name. */
async function unseen<Thing>(
  chance: Chance,
  original: Thing,
  attack: (thing: Thing, chance: Chance) => string,
  verdict: (thing: Thing) => Promise<string | undefined>,
): Promise<{ readonly unseen: string[]; readonly kinds: Map<string, number> }> {
  const found: string[] = []
  const kinds = new Map<string, number>()
  for (let tried = 0; tried < TRIES;) {
    const thing = copyOf(original)
    const name = attack(thing, chance)
    // Two keys pressed alike may be exchanged: nothing is altered then.
    if (isDeepStrictEqual(thing, original)) continue
    tried++
    kinds.set(name, (kinds.get(name) ?? 0) + 1)
    if ((await verdict(thing)) === undefined) found.push(name)
  }
  return { unseen: found, kinds }
}

describe(`of ${TRIES} attacks at random`, () => {
  it('on the database by somebody without the signing key, each is seen', async () => {
    const original = await storedRecord((await sealedSessions()).world)
    expect(await alterationOf(original)).toBeUndefined()
    const result = await unseen(seededChance(), original, attackRecord, alterationOf)
    console.log(`${TRIES} attacks of ${result.kinds.size} kinds on the database`)
    expect(result.unseen).toEqual([])
  }, 120_000)

  it('on a dossier, each is seen', async () => {
    const { world, long } = await sealedSessions()
    const original = await dossiers(await dossierOf(world, long), await dossierOf(world, world.id))
    expect(await dossierAlteration(original)).toBeUndefined()
    const result = await unseen(seededChance(), original, attackDossier, dossierAlteration)
    console.log(`${TRIES} attacks of ${result.kinds.size} kinds on the dossier`)
    expect(result.unseen).toEqual([])
  }, 120_000)
})
