import { type InterruptParts, interruptSession } from '../session/interrupt-session.ts'
import { GatewayLease, type GatewayLeaseParts } from '../session/gateway-lease.ts'
import type { LiveSessions } from '../session/live-sessions.ts'
import type { Part } from './close-in-order.ts'

export interface TakeLeaseOptions
  extends InterruptParts, Pick<GatewayLeaseParts, 'gatewayId' | 'leaseS' | 'store' | 'log'> {}

export interface TakenLease extends Part {
  /** From now on these go on when the gateway was not heard of for a while. */
  covers(sessions: LiveSessions): void
}

/** Has the installation know that this gateway is there; before it opens anything that others could take for lost. */
export async function takeLease(options: TakeLeaseOptions): Promise<TakenLease> {
  let covered: LiveSessions | undefined
  const lease = await GatewayLease.take({
    ...options,
    monotonicUs: () => options.clock.monotonicUs(),
    liveIds: () => covered?.ids ?? [],
    interrupt: (id, reason) => interruptSession(options, id, reason),
  })
  return {
    name: 'lease',
    close: () => lease.close(),
    covers: (sessions) => {
      covered = sessions
    },
  }
}
