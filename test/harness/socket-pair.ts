import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** Both ends of one TCP connection on loopback: what accepted it, and what made it. */
export async function socketPair(): Promise<[here: Socket, there: Socket]> {
  const server = createServer({ noDelay: true }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const there = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', noDelay: true })
  const [here] = (await once(server, 'connection')) as [Socket]
  server.close()
  return [here, there]
}
