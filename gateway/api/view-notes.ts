import { actorName, type PageReader } from '../access/page-rights.ts'
import type { AuditTrail } from '../access/audit-trail.ts'
import type { Clock } from '../clock.ts'

/** A page that shows a replay asks for many pieces, and one of a live session for ever: that is one look. */
const LOOK_MS = 10 * 60 * 1000
/** Looks remembered; beyond, the oldest may be noted again. */
const LOOKS_MAX = 10_000

/** A session of which something is shown. */
interface Seen {
  readonly id: string
  readonly client: string
}

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
  async note(reader: PageReader, ...sessions: readonly Seen[]): Promise<void> {
    const actor = actorName(reader)
    const nowMs = this.#clock.monotonicUs() / 1000
    const isFresh = ({ id }: Seen) => nowMs - (this.#looks.get(`${actor} ${id}`) ?? -Infinity) >= LOOK_MS
    const fresh = [...new Map(sessions.filter(isFresh).map((each) => [each.id, each])).values()]
    if (fresh.length === 0) return
    const changes = fresh.map(({ id, client }) => ({ actor, action: 'session.view', subject: `session:${id}`, client }))
    await this.#trail.add(...changes)
    for (const { id } of fresh) this.#remember(`${actor} ${id}`, nowMs)
  }

  #remember(look: string, nowMs: number): void {
    this.#looks.delete(look)
    this.#looks.set(look, nowMs)
    const [oldest] = this.#looks.keys()
    if (this.#looks.size > LOOKS_MAX && oldest !== undefined) this.#looks.delete(oldest)
  }
}
