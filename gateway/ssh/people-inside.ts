import type { AccessSource } from '../access/decision.ts'
import type { StaffStore } from '../access/staff.ts'
import { whyOut, type Visitor } from '../access/visitor.ts'
import { explainOut } from './refusal-texts.ts'
import { LEAVE_MS } from './target-session.ts'

/** A connection of somebody who has signed in. */
export interface PersonInside extends Visitor {
  /** Ends what the gateway itself shows, so that whoever looks at it leaves with his terminal as it was. */
  dismiss(reason: string): void
  /** Says goodbye. */
  disconnect(reason: string): void
}

export interface PeopleInsideParts {
  readonly access: Pick<AccessSource, 'onChange'>
  readonly staff: Pick<StaffStore, 'list'>
}

/**
 * Sees out whoever may not be here any more: disabled, allowed from elsewhere only, or
 * known by that key no longer. Their sessions end by
 * themselves (`session/live-sessions`); this is for the menu, the commands of the gateway, and connections at rest.
 */
export class PeopleInside {
  readonly #staff: PeopleInsideParts['staff']
  readonly #inside = new Set<PersonInside>()

  constructor({ access, staff }: PeopleInsideParts) {
    this.#staff = staff
    // A database that does not answer says when it does again.
    access.onChange(() => void this.#recheck().catch(() => {}))
  }

  enter(person: PersonInside): void {
    this.#inside.add(person)
  }

  leave(person: PersonInside): void {
    this.#inside.delete(person)
  }

  async #recheck(): Promise<void> {
    if (this.#inside.size === 0) return
    const known = new Map((await this.#staff.list()).map((staff) => [staff.id, staff]))
    for (const person of this.#inside) {
      const staff = known.get(person.staff.id)
      const reason = staff && whyOut(staff, person)
      if (staff !== undefined && reason !== undefined) seeOut(person, explainOut(reason, staff))
    }
  }
}

/** Whoever is in a session reads there why it ends, and leaves; the others are shown out. */
function seeOut(person: PersonInside, reason: string): void {
  person.dismiss(reason)
  setTimeout(() => person.disconnect(reason), LEAVE_MS)
}
