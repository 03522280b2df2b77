import { actorName, type PageReader } from '../access/page-rights.ts'
import type { AuditTrail } from '../access/audit-trail.ts'
import type { Clock } from '../clock.ts'

/** A page that shows a replay asks for many pieces, and one of a live session for ever: that is one look. */
const LOOK_MS = 10 * 60 * 1000
/** Looks remembered; beyond, the oldest may be noted again. */
const LOOKS_MAX = 10_000

/** Puts on the audit trail who looks at what was typed and shown, before it is shown. */
export class ViewNotes {
  readonly #trail: Pick<AuditTrail, 'add'>
  readonly #clock: Pick<Clock, 'monotonicUs'>
  /** When each began, oldest first. */
  readonly #looks = new Map<string, number>()

  constructor(trail: Pick<AuditTrail, 'add'>, clock: Pick<Clock, 'monotonicUs'>) {
    this.#trail = trail
    this.#clock = clock
  }

  /** Rejects where the trail cannot be written: nothing is to be shown then. */
  async note(reader: PageReader, { id, client }: { readonly id: string; readonly client: string }): Promise<void> {
    const actor = actorName(reader)
    const look = `${actor} ${id}`
    const nowMs = this.#clock.monotonicUs() / 1000
    if (nowMs - (this.#looks.get(look) ?? -Infinity) < LOOK_MS) return
    await this.#trail.add({ actor, action: 'session.view', subject: `session:${id}`, client })
    this.#looks.delete(look)
    this.#looks.set(look, nowMs)
    const [oldest] = this.#looks.keys()
    if (this.#looks.size > LOOKS_MAX && oldest !== undefined) this.#looks.delete(oldest)
  }
}
