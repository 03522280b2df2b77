import type { Duplex } from 'node:stream'
import type { FullTargetName } from '../access/names.ts'
import type { Staff } from '../access/staff.ts'
import { ChannelStream } from '../transport/channel-stream.ts'
import type { ChannelOffer } from '../transport/channels.ts'
import { openFailure } from '../transport/message.ts'
import { WireReader } from '../transport/wire.ts'
import type { TargetAccess } from './target-access.ts'

/** Who is known on the connection around an inner one. */
export interface InnerIdentity {
  readonly staff: Staff
  /** As in `Visitor`. */
  readonly ownKey: string | undefined
  readonly goodUntil: Date | undefined
  /** False: the same person's key is asked for again. */
  readonly suffices: boolean
  /** Whether a second factor was proven there: it is not asked for twice. */
  readonly gaveCode: boolean
  /** What was asked for, and the target it names; undefined where it names none. */
  readonly host: string
  readonly target: FullTargetName | undefined
}

/**
 * What OpenSSH says of itself as the originator of `-J` and `-W`. A port that somebody listens on with
 * `-L` has a real one: whoever may use that port of the administrator's machine is not the administrator.
 * The client says this, so it protects the honest, and is no boundary.
 */
const JUMP_ORIGINATOR = { host: '127.0.0.1', port: 65_535 }

export interface InnerConnectionParts {
  readonly targetAccess: Pick<TargetAccess, 'find'>
  readonly loginGraceS: number
  readonly log: (line: string) => void
}

export interface InnerConnectionOwner extends Pick<InnerIdentity, 'staff' | 'ownKey' | 'goodUntil' | 'gaveCode'> {
  /** Speaks SSH, as the gateway, inside the stream. */
  begin(stream: Duplex, inner: InnerIdentity, events: { authenticated(): void; closed(): void }): unknown
}

/**
 * `ssh -J bastion root@web1.acme`: the administrator's ssh asks for a TCP connection to the target and
 * speaks SSH in it. The gateway ends that SSH itself, so that it is recorded like any other session.
 */
export function openInnerConnection(
  offer: ChannelOffer,
  { targetAccess, loginGraceS, log }: InnerConnectionParts,
  owner: InnerConnectionOwner,
): void {
  const reader = new WireReader(offer.fields)
  const [host, port, originator, originatorPort] = [reader.text(), reader.uint32(), reader.text(), reader.uint32()]
  const suffices = originator === JUMP_ORIGINATOR.host && originatorPort === JUMP_ORIGINATOR.port
  targetAccess.find(host, port).then(
    (target) => {
      // `-J` shows no reason of a refused channel, so that refusal is told inside; a forward gets it at once.
      if (target === undefined && !suffices) {
        return offer.refuse(
          openFailure.prohibited,
          `gatebook: no target is known as ${host} port ${port}; ssh to the gateway with the command targets lists them`,
        )
      }
      const stream = new ChannelStream(offer)
      stream.on('error', () => {})
      const grace = setTimeout(() => stream.destroy(), loginGraceS * 1000)
      const end = () => clearTimeout(grace)
      const { staff, ownKey, goodUntil, gaveCode } = owner
      const inner = { staff, ownKey, goodUntil, gaveCode, suffices, host, target }
      owner.begin(stream, inner, { authenticated: end, closed: end })
    },
    (error: unknown) => {
      log(`no way into ${JSON.stringify(host)} port ${port}: ${String(error)}`)
      offer.refuse(openFailure.connectFailed, 'gatebook: the database does not answer; try again in a minute')
    },
  )
}
