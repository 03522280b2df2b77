/** Until when gateways are believed to be there, for all gateways of an installation. */
export interface LeaseStore {
  /** From now on for so many seconds. Says whether an earlier lease of this gateway had run out meanwhile. */
  renew(gatewayId: string, seconds: number): Promise<{ readonly lapsed: boolean }>
  /** The gateway stops: nobody needs to wait for it. */
  giveUp(gatewayId: string): Promise<void>
  /** Live sessions of other gateways whose lease has run out. */
  lostSessions(gatewayId: string): Promise<readonly string[]>
  /** These sessions of the gateway go on, though others took them for lost. */
  reopen(gatewayId: string, sessionIds: readonly string[]): Promise<void>
}

export interface GatewayLeaseParts {
  readonly gatewayId: string
  readonly leaseS: number
  readonly store: LeaseStore
  /** Microseconds; never goes back. */
  readonly monotonicUs: () => number
  /** The sessions that this gateway carries. */
  readonly liveIds: () => readonly string[]
  /** Closes a session whose gateway is gone. */
  readonly interrupt: (sessionId: string, reason: string) => Promise<void>
  readonly log: (line: string) => void
}

export const GATEWAY_LOST = 'gateway lost'

/** In a lease: one that comes late, or fails, is followed by others. */
const RENEWALS = 4
const RETRY_MS = 1000

/**
 * Says again and again that this gateway is there, and closes what gateways have left behind that are not. A gateway
 * that could not say so for long has its sessions closed by others, which cannot tell it from one that is gone; when it
 * is back, they go on, and what it recorded meanwhile is stored.
 */
export class GatewayLease {
  readonly #parts: GatewayLeaseParts
  #timer: NodeJS.Timeout | undefined
  #round: Promise<void> = Promise.resolve()
  #stopped = false
  /** When the renewals began that have come in time since: after an outage of the database, nobody else may have. */
  #steadySinceUs: number
  #renewedUs: number

  private constructor(parts: GatewayLeaseParts) {
    this.#parts = parts
    this.#steadySinceUs = this.#renewedUs = parts.monotonicUs()
  }

  /** Holds the lease when it resolves. Throws `database-unavailable`. */
  static async take(parts: GatewayLeaseParts): Promise<GatewayLease> {
    const lease = new GatewayLease(parts)
    await lease.#renew()
    lease.#again((parts.leaseS * 1000) / RENEWALS)
    return lease
  }

  /** Call it when everything is on record: whatever is not counts as lost until this gateway starts again. */
  async close(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#round
    await this.#parts.store.giveUp(this.#parts.gatewayId)
  }

  #again(afterMs: number): void {
    if (this.#stopped) return
    this.#timer = setTimeout(() => {
      this.#round = this.#renewAndReap().then(
        () => this.#again((this.#parts.leaseS * 1000) / RENEWALS),
        // The database is away; it knows of nobody's renewals then.
        () => this.#again(RETRY_MS),
      )
    }, afterMs).unref()
  }

  async #renewAndReap(): Promise<void> {
    await this.#renew()
    const leaseUs = this.#parts.leaseS * 1_000_000
    if (this.#renewedUs - this.#steadySinceUs > leaseUs) await this.#reap()
  }

  async #renew(): Promise<void> {
    const { gatewayId, leaseS, store, monotonicUs, liveIds, log } = this.#parts
    const { lapsed } = await store.renew(gatewayId, leaseS)
    const nowUs = monotonicUs()
    if (nowUs - this.#renewedUs > (leaseS * 1_000_000) / 2) this.#steadySinceUs = nowUs
    this.#renewedUs = nowUs
    const live = liveIds()
    if (!lapsed || live.length === 0) return
    log(`this gateway was not heard of for more than ${leaseS} s; its sessions go on`)
    await store.reopen(gatewayId, live)
  }

  async #reap(): Promise<void> {
    const { gatewayId, store, interrupt, log } = this.#parts
    const lost = await store.lostSessions(gatewayId)
    for (const id of lost) await interrupt(id, GATEWAY_LOST)
    if (lost.length > 0) log(`closed ${lost.length} sessions of a gateway that is gone`)
  }
}
