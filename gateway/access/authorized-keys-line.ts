/**
 * The line a client adds to `authorized_keys` (sshd(8), "AUTHORIZED_KEYS FILE FORMAT"). `restrict` forbids
 * every forwarding and whatever later OpenSSH releases add; `pty` gives back the terminal. `publicAddress` is the
 * address targets see the gateway come from; undefined leaves `from=` out.
 */
export function authorizedKeysLine(publicBlob: Buffer, clientSlug: string, publicAddress: string | undefined): string {
  const options = publicAddress === undefined ? 'restrict,pty' : `restrict,pty,from="${publicAddress}"`
  return `${options} ${keyType(publicBlob)} ${publicBlob.toString('base64')} gatebook:${clientSlug}`
}

/** The wire form begins with the name of its type as an SSH string (RFC 4253 §6.6). */
function keyType(blob: Buffer): string {
  return blob.toString('ascii', 4, 4 + blob.readUInt32BE(0))
}
