import { isWithin } from '../access/networks.ts'
import type { Clock } from '../clock.ts'
import { addressBlock } from './address-block.ts'

/** What a connection did that ended before anybody signed in. */
export type Offence =
  /** A key nobody knows, a signature or a code that is wrong, a password. */
  | 'failed sign-in'
  | 'no sign-in'
  | 'grace time over'
  /** The protocol was broken. */
  | 'breach'
  /** So that something of ours broke: whoever looks for such a place must look slowly. */
  | 'fault'

/** Seconds; those of sshd's PerSourcePenalties, with `fault` for its `crash`. */
const seconds: Readonly<Record<Offence, number>> = {
  'failed sign-in': 5,
  'no sign-in': 1,
  'grace time over': 10,
  breach: 5,
  fault: 90,
}
/** Less than this is forgiven: people mistype, and monitoring looks whether the port is open. */
const SHORTEST_S = 15
/** Addresses remembered of each family; beyond, the one that offended longest ago is forgotten. */
const ADDRESSES_MAX = 16_384

export interface PenaltiesParts {
  readonly clock: Pick<Clock, 'monotonicUs'>
  /** Networks whose addresses are never made to wait: a NAT or a proxy of ours stands for many people. */
  readonly penaltyExempt: readonly string[]
  /** Seconds; 0: nobody is. */
  readonly penaltyMaxS: number
  readonly log: (line: string) => void
}

interface Penalty {
  /** On the monotonic clock. */
  readonly endsUs: number
  /** Whether it has grown long enough to count. */
  readonly counts: boolean
}

/**
 * Makes addresses wait that come again and again without signing in: each offence adds to the time that is left, and
 * time takes it away. IPv6 counts by /64. Kept in memory by each gateway for itself.
 */
export class Penalties {
  readonly #parts: PenaltiesParts
  readonly #tables = { ipv4: new Map<string, Penalty>(), ipv6: new Map<string, Penalty>() }

  constructor(parts: PenaltiesParts) {
    this.#parts = parts
  }

  /** Whole seconds an address still has to wait; 0 where it may come. */
  waitS(address: string): number {
    const block = addressBlock(address)
    const penalty = this.#table(block).get(block)
    return penalty?.counts === true ? Math.max(0, this.#leftS(penalty)) : 0
  }

  /** An offence of a connection from this address. */
  punish(address: string, offence: Offence): void {
    const { clock, penaltyExempt, penaltyMaxS, log } = this.#parts
    if (penaltyMaxS === 0 || isWithin(penaltyExempt, address)) return
    const block = addressBlock(address)
    const table = this.#table(block)
    const before = table.get(block)
    const runs = before !== undefined && this.#leftS(before) > 0
    const leftS = Math.min((runs ? this.#leftUs(before) / 1e6 : 0) + seconds[offence], penaltyMaxS)
    const counts = (runs && before.counts) || leftS >= Math.min(SHORTEST_S, penaltyMaxS)
    // Behind those of others: the first of a table offended longest ago.
    table.delete(block)
    table.set(block, { endsUs: clock.monotonicUs() + leftS * 1e6, counts })
    const [oldest] = table.keys()
    if (table.size > ADDRESSES_MAX && oldest !== undefined) table.delete(oldest)
    if (counts) log(`${block} has to wait ${Math.ceil(leftS)} s before it may connect again: ${offence}`)
  }

  #table(block: string): Map<string, Penalty> {
    return block.includes(':') ? this.#tables.ipv6 : this.#tables.ipv4
  }

  #leftUs({ endsUs }: Penalty): number {
    return endsUs - this.#parts.clock.monotonicUs()
  }

  #leftS(penalty: Penalty): number {
    return Math.ceil(this.#leftUs(penalty) / 1e6)
  }
}
