import type { RecordedEvent } from '../event.ts'
import { commitment, eventSalt, SALT_BYTES } from './chain.ts'
import type { SaltBlock } from './channel-chain.ts'

/** `*`, as many as there were bytes. */
const STAND_IN = '*'

/**
 * The events of one block of salts without the bytes of some (by their numbers): what is left of these are their
 * commitments, and the block's salt is replaced by those of the others, so that no hash is left to guess them by. Whoever
 * stores that signs an `erasure` statement into the log in the same transaction: without it the record counts as altered.
 */
export function eraseEvents(
  block: SaltBlock,
  events: readonly RecordedEvent[],
  erased: ReadonlySet<number>,
): { readonly events: readonly RecordedEvent[]; readonly block: SaltBlock } {
  const saltOf = (event: RecordedEvent, index: number) =>
    block.salts.length === SALT_BYTES
      ? eventSalt(block.salts, event.seq)
      : block.salts.subarray(index * SALT_BYTES, (index + 1) * SALT_BYTES)
  const salts = events.map((event, index) =>
    erased.has(event.seq) || event.erased !== undefined ? Buffer.alloc(SALT_BYTES) : saltOf(event, index),
  )
  return {
    block: { seq: block.seq, salts: Buffer.concat(salts) },
    events: events.map((event, index) => {
      if (!erased.has(event.seq) || event.erased !== undefined) return event
      const committed = commitment(saltOf(event, index), event.data)
      return { ...event, data: Buffer.alloc(event.data.length, STAND_IN), erased: committed }
    }),
  }
}
