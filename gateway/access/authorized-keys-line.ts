import type { Forwarding } from './forwarding.ts'

/** What the line of a client depends on. */
export interface KeyLineTerms {
  readonly clientSlug: string
  /** The address targets see the gateway come from; undefined leaves `from=` out. */
  readonly publicAddress: string | undefined
  /** What policies let ssh forward, on any target of the client. */
  readonly allowed: readonly Forwarding[]
}

/**
 * The line a client adds to `authorized_keys` (sshd(8), "AUTHORIZED_KEYS FILE FORMAT"). `restrict` forbids
 * every forwarding and whatever later OpenSSH releases add; `pty` gives back the terminal, others what policies allow.
 */
export function authorizedKeysLine(publicBlob: Buffer, { clientSlug, publicAddress, allowed }: KeyLineTerms): string {
  const from = publicAddress === undefined ? [] : [`from="${publicAddress}"`]
  const options = ['restrict', 'pty', ...forwardingOptions(allowed), ...from].join(',')
  return `${options} ${keyType(publicBlob)} ${publicBlob.toString('base64')} gatebook:${clientSlug}`
}

/** Options of the line that give back what `restrict` forbids, as far as any of these policies allows it. */
export function forwardingOptions(allowed: readonly Forwarding[]): string[] {
  const ports = allowed.some(
    ({ local, dynamic, remote, streamlocal }) => local.length > 0 || dynamic || remote || streamlocal,
  )
  return [
    ...(ports ? ['port-forwarding'] : []),
    ...(allowed.some(({ agent }) => agent) ? ['agent-forwarding'] : []),
    ...(allowed.some(({ x11 }) => x11) ? ['X11-forwarding'] : []),
  ]
}

/** The wire form begins with the name of its type as an SSH string (RFC 4253 §6.6). */
function keyType(blob: Buffer): string {
  return blob.toString('ascii', 4, 4 + blob.readUInt32BE(0))
}
