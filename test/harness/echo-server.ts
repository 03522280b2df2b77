import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type NetConnectOpts, type Socket } from 'node:net'

/** A server that says back all it hears; on a free port of loopback, or on a socket at `path`. */
export async function echoServer(path?: string): Promise<AsyncDisposable & { readonly port: number }> {
  const open = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket)
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  if (path === undefined) server.listen(0, '127.0.0.1')
  else server.listen(path)
  await once(server, 'listening')
  return {
    port: path === undefined ? (server.address() as AddressInfo).port : 0,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/**
 * Says this to whoever listens there, `greeting` first, and gives all that comes back behind `answered` bytes until the
 * end. Rejects where nobody listens.
 */
export async function saidBack(
  to: NetConnectOpts,
  content: Buffer,
  { greeting = [], answered = 0 }: { greeting?: readonly Buffer[]; answered?: number } = {},
): Promise<Buffer> {
  const socket = connect(to)
  await once(socket, 'connect')
  // Whoever is refused behind a forward may be reset as well as closed.
  socket.on('error', () => {})
  const closed = closeOf(socket)
  const heard: Buffer[] = []
  socket.on('data', (chunk: Buffer) => heard.push(chunk))
  for (const words of greeting) {
    const before = heard.length
    socket.write(words)
    while (heard.length === before) await once(socket, 'data')
  }
  socket.end(content)
  await closed
  return Buffer.concat(heard).subarray(answered)
}

/** Kept when the socket is closed, by whatever; `once` would be broken by an error before. */
export function closeOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()))
}
