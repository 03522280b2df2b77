import type { Clock } from '../clock.ts'
import type { AuditedChange, AuditTrail } from './audit-trail.ts'

/** One transaction for all that comes meanwhile. */
const GATHER_MS = 1000
/** Kept while the database is away; beyond, the oldest are lost, and the trail says how many. */
const WAITING_MAX = 1000

export interface TrailNotesParts {
  readonly trail: Pick<AuditTrail, 'add'>
  readonly clock: Pick<Clock, 'now'>
  readonly log: (line: string) => void
}

/**
 * What the audit trail hears of a moment later, because somebody waits at the door meanwhile and nothing is changed by
 * it. `detail.at` is when it was.
 */
export class TrailNotes {
  readonly #parts: TrailNotesParts
  #waiting: AuditedChange[] = []
  #lost = 0
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  #troubled = false

  constructor(parts: TrailNotesParts) {
    this.#parts = parts
  }

  note(change: AuditedChange): void {
    const at = this.#parts.clock.now().toISOString()
    this.#waiting.push({ ...change, detail: { ...change.detail, at } })
    this.#dropOldest()
    this.#writeSoon()
  }

  /** Writes what waits; what cannot be written is lost, and the log says so. */
  async close(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#writing
    await this.#write()
    clearTimeout(this.#timer)
  }

  async #write(): Promise<void> {
    const changes = this.#waiting.splice(0)
    const lost = this.#lost
    const gap = { actor: 'gateway', action: 'trail.lost', subject: 'gateway', detail: { entries: lost } }
    this.#lost = 0
    if (lost > 0) changes.unshift(gap)
    if (changes.length === 0) return
    try {
      await this.#parts.trail.add(...changes)
      this.#troubled = false
    } catch (error) {
      if (!this.#troubled) this.#parts.log(`the audit trail waits for ${changes.length} entries: ${String(error)}`)
      this.#troubled = true
      this.#lost += lost
      this.#waiting.unshift(...changes.filter((change) => change !== gap))
      this.#dropOldest()
      this.#writeSoon()
    }
  }

  #writeSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#writing = this.#writing.then(() => this.#write())
    }, GATHER_MS)
  }

  #dropOldest(): void {
    const tooMany = this.#waiting.length - WAITING_MAX
    if (tooMany > 0) this.#lost += this.#waiting.splice(0, tooMany).length
  }
}
