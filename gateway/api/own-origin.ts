const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/**
 * Does a changing request come from our own pages? Browsers always name the origin of such a request, and no
 * script can forge it. Beside the public address it may be the request's own `Host` where that is a name of the
 * loopback: `http://127.0.0.1:8080` opened for `http://localhost:8080`, or the near end of an SSH tunnel.
 */
export function isOwnOrigin(origin: string | undefined, host: string | undefined, publicUrl: string): boolean {
  if (origin === undefined || host === undefined) return false
  if (origin === new URL(publicUrl).origin) return true
  if (origin !== `http://${host}` || !URL.canParse(origin)) return false
  return loopback.test(new URL(origin).hostname)
}
