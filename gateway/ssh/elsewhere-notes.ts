import { fingerprint } from '../access/fingerprint.ts'
import type { StaffStore } from '../access/staff.ts'
import type { Visitor } from '../access/visitor.ts'
import type { Clock } from '../clock.ts'
import { addressBlock } from './address-block.ts'

/** Public keys are public: whoever offers one again and again must not fill the audit trail. */
const QUIET_MS = 10 * 60 * 1000
/** People and places remembered; beyond, the oldest may be told of again. */
const PLACES_MAX = 1000

export interface ElsewhereNotesParts {
  readonly staff: Pick<StaffStore, 'cameFromElsewhere'>
  readonly clock: Pick<Clock, 'monotonicUs'>
  readonly log: (line: string) => void
}

/** Tells the log and the audit trail of keys that are offered from where their owner may not come from. */
export class ElsewhereNotes {
  readonly #parts: ElsewhereNotesParts
  /** When each person and place was told of last, oldest first. */
  readonly #told = new Map<string, number>()

  constructor(parts: ElsewhereNotesParts) {
    this.#parts = parts
  }

  /** Nothing is proven yet: it may be anybody who has seen the public key. */
  note({ staff, sourceAddress }: Visitor, key: Buffer): void {
    const { clock, log } = this.#parts
    const place = `${staff.id} ${addressBlock(sourceAddress)}`
    const nowMs = clock.monotonicUs() / 1000
    if (nowMs - (this.#told.get(place) ?? -Infinity) < QUIET_MS) return
    this.#told.delete(place)
    this.#told.set(place, nowMs)
    const [oldest] = this.#told.keys()
    if (this.#told.size > PLACES_MAX && oldest !== undefined) this.#told.delete(oldest)
    const print = fingerprint(key)
    log(`${sourceAddress} offered the key ${print} of ${staff.login}, who may not come from there: refused`)
    this.#parts.staff.cameFromElsewhere(staff, { sourceAddress, key: print }).catch((error: unknown) => {
      log(`the audit trail has not heard of that: ${String(error)}`)
    })
  }
}
