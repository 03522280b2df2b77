import { z } from 'zod'

/** `*`, a name, an IPv4 address or an IPv6 one in brackets; then `*` or a port: as OpenSSH's PermitOpen. */
const DESTINATION = /^(\*|[a-z0-9_]([a-z0-9_.-]*[a-z0-9_.])?|\[[0-9a-f:.]*:[0-9a-f:.]*\]):(\*|[1-9]\d{0,4})$/
const LENGTH_MAX = 262
const PORT_MAX = 65_535
const LOCAL_MAX = 200

/** What ssh may forward on a target, beside the shells and commands of its sessions. */
export const forwarding = z.strictObject({
  /** Where `-L` may lead, as the target sees it: HOST:PORT in small letters, `*` for any host or any port. */
  local: z.array(z.string().refine(isDestination)).max(LOCAL_MAX),
  /** `-D`. On the wire it is `-L` to anywhere, so it lets every destination pass. */
  dynamic: z.boolean(),
  /** `-R`: ports of the target that lead into the administrator's network. */
  remote: z.boolean(),
  /** `-A`: the target may ask the administrator's agent for signatures. */
  agent: z.boolean(),
  /** `-X`, `-Y`. */
  x11: z.boolean(),
  /** Sockets by path instead of host and port, with `-L`, and with `-R` where that is allowed too. */
  streamlocal: z.boolean(),
})

export type Forwarding = Readonly<z.infer<typeof forwarding>>

export const noForwarding: Forwarding = {
  local: [],
  dynamic: false,
  remote: false,
  agent: false,
  x11: false,
  streamlocal: false,
}

/** Everything that is a switch of its own. */
const switches = ['dynamic', 'remote', 'agent', 'x11', 'streamlocal'] as const

/** Whether `-L` and `-D` may lead there. Hosts are compared as they are written; nothing is resolved. */
export function mayReach({ local, dynamic }: Forwarding, host: string, port: number): boolean {
  if (dynamic) return true
  const asked = host.toLowerCase()
  return local.some((destination) => {
    const [toHost, toPort] = partsOf(destination)
    return (toHost === '*' || toHost === asked) && (toPort === '*' || Number(toPort) === port)
  })
}

/** `db1:5432`, `[::1]:80`. */
export function placeText(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Reads `none`, or what is allowed, separated by commas: `db1:5432,*:443,remote`. Undefined: no such list. */
export function parseForwarding(text: string): Forwarding | undefined {
  if (text === 'none') return noForwarding
  const words = new Set(text.split(',').map((word) => word.trim().toLowerCase()))
  const local = [...words].filter(isDestination)
  const named = switches.filter((each) => words.has(each))
  if (local.length + named.length < words.size || local.length > LOCAL_MAX) return undefined
  return { ...noForwarding, local, ...Object.fromEntries(named.map((each) => [each, true])) }
}

/** The way back. */
export function forwardingText(allowed: Forwarding): string {
  const words = [...allowed.local, ...switches.filter((each) => allowed[each])]
  return words.length === 0 ? 'none' : words.join(',')
}

function isDestination(text: string): boolean {
  if (text.length > LENGTH_MAX || !DESTINATION.test(text)) return false
  const [, port] = partsOf(text)
  return port === '*' || Number(port) <= PORT_MAX
}

function partsOf(destination: string): [host: string, port: string] {
  const colon = destination.lastIndexOf(':')
  return [destination.slice(0, colon).replaceAll(/[[\]]/g, ''), destination.slice(colon + 1)]
}
