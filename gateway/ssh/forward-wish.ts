import { mayReach, placeText, type Forwarding } from '../access/forwarding.ts'
import type { ForwardOpening } from '../recording/event.ts'
import { WireReader } from '../transport/wire.ts'

/** What somebody wants forwarded, read once from a channel's opening or a global request. */
export type ForwardWish =
  /** `direct-tcpip` of staff (RFC 4254 §7.2). */
  | { readonly way: 'local'; readonly host: string; readonly port: number }
  /** `direct-streamlocal@openssh.com` of staff (OpenSSH's PROTOCOL §2.4). */
  | { readonly way: 'local-socket'; readonly path: string }
  /** `tcpip-forward` of staff (§7.1): the target shall listen there. */
  | { readonly way: 'listen'; readonly host: string; readonly port: number }
  /** `streamlocal-forward@openssh.com` of staff. */
  | { readonly way: 'listen-socket'; readonly path: string }
  /** `forwarded-tcpip` of a target (§7.2): somebody connected to what it listens on. */
  | { readonly way: 'remote'; readonly host: string; readonly port: number; readonly from: string }
  /** `forwarded-streamlocal@openssh.com` of a target. */
  | { readonly way: 'remote-socket'; readonly path: string }
  /** `auth-agent@openssh.com` of a target. */
  | { readonly way: 'agent' }
  /** `x11` of a target (§6.3.2). */
  | { readonly way: 'x11'; readonly from: string }

/** What a target shall listen on. */
export type ListenWish = Extract<ForwardWish, { way: 'listen' | 'listen-socket' }>

/** A global request of staff about that. */
export interface ListenRequest {
  readonly action: 'begin' | 'end'
  readonly wish: ListenWish
}

/** What is longer is no place; the record keeps its beginning. */
const PLACE_MAX = 1024

/** A channel that staff or a target ask for; undefined for a type that is none of theirs. Throws `WireError`. */
export function readForwardedChannel(by: 'staff' | 'target', type: string, fields: Buffer): ForwardWish | undefined {
  const reader = new WireReader(fields)
  switch (`${by} ${type}`) {
    case 'staff direct-tcpip': {
      const [host, port] = [reader.text(), reader.uint32()]
      // From where on the administrator's machine is of no interest, but must be there: `ssh -J` goes by it.
      originator(reader)
      return { way: 'local', host, port }
    }
    case 'staff direct-streamlocal@openssh.com':
      return { way: 'local-socket', path: reader.text() }
    case 'target forwarded-tcpip':
      return { way: 'remote', host: reader.text(), port: reader.uint32(), from: originator(reader) }
    case 'target forwarded-streamlocal@openssh.com':
      return { way: 'remote-socket', path: reader.text() }
    case 'target auth-agent@openssh.com':
      return { way: 'agent' }
    case 'target x11':
      return { way: 'x11', from: originator(reader) }
    default:
      return undefined
  }
}

function originator(reader: WireReader): string {
  return placeText(reader.text(), reader.uint32())
}

/** A global request of staff about what the target listens on; undefined for any other. Throws `WireError`. */
export function readListenRequest(type: string, fields: Buffer): ListenRequest | undefined {
  const action = type.startsWith('cancel-') ? 'end' : 'begin'
  const reader = new WireReader(fields)
  switch (type) {
    case 'tcpip-forward':
    case 'cancel-tcpip-forward':
      return { action, wish: { way: 'listen', host: reader.text(), port: reader.uint32() } }
    case 'streamlocal-forward@openssh.com':
    case 'cancel-streamlocal-forward@openssh.com':
      return { action, wish: { way: 'listen-socket', path: reader.text() } }
    default:
      return undefined
  }
}

/** Whether the policy lets it pass; that a target was asked for it is another question. */
export function mayForward(allowed: Forwarding, wish: ForwardWish): boolean {
  switch (wish.way) {
    case 'local':
      return mayReach(allowed, wish.host, wish.port)
    case 'local-socket':
      return allowed.streamlocal
    case 'listen':
    case 'remote':
      return allowed.remote
    case 'listen-socket':
    case 'remote-socket':
      return allowed.remote && allowed.streamlocal
    case 'agent':
      return allowed.agent
    case 'x11':
      return allowed.x11
  }
}

const recordedKind = {
  local: 'local-forward',
  'local-socket': 'local-forward',
  listen: 'remote-listen',
  'listen-socket': 'remote-listen',
  remote: 'remote-forward',
  'remote-socket': 'remote-forward',
  agent: 'agent-forward',
  x11: 'x11-forward',
} as const satisfies Record<ForwardWish['way'], ForwardOpening['kind']>

/** As it stands on record. */
export function forwardOpening(wish: ForwardWish): ForwardOpening {
  return { kind: recordedKind[wish.way], place: placeOf(wish).slice(0, PLACE_MAX) }
}

/** Where it leads, for the record and for people; as staff or target wrote it, whatever that holds. */
export function placeOf(wish: ForwardWish): string {
  switch (wish.way) {
    case 'local':
    case 'listen':
      return placeText(wish.host, wish.port)
    case 'remote':
      return `${placeText(wish.host, wish.port)} from ${wish.from}`
    case 'local-socket':
    case 'listen-socket':
    case 'remote-socket':
      return wish.path
    case 'agent':
      return "the administrator's agent"
    case 'x11':
      return `the administrator's display from ${wish.from}`
  }
}
