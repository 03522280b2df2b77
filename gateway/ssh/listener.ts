import { createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { GatewayError } from '../errors.ts'
import { StaffConnection, type StaffConnectionParts } from './staff-connection.ts'
import { LEAVE_MS } from './target-session.ts'

/** Connections that have not signed in yet: sshd's MaxStartups, in all and from one address. */
const STRANGERS_MAX = 200
const STRANGERS_PER_ADDRESS_MAX = 30

export interface ListenerOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly connection: StaffConnectionParts
}

/**
 * The TCP door. Ours, not ssh2's: ssh2 knows of no connection before it has said its name, so a
 * silent stranger would stay for ever (research/ssh2.md §6).
 */
export class Listener {
  readonly #options: ListenerOptions
  readonly #server: Server
  readonly #connections = new Set<StaffConnection>()
  readonly #strangers = new Map<string, number>()

  constructor(options: ListenerOptions) {
    this.#options = options
    this.#server = createServer({ noDelay: true, keepAlive: true }, (socket) => this.#accept(socket))
  }

  /** The port it listens on. Throws `port-taken`. */
  listen(): Promise<number> {
    const { host, port } = this.#options
    return new Promise((resolve, reject) => {
      this.#server.once('error', (cause) => reject(cannotListen(host, port, cause)))
      this.#server.listen(port, host, () => {
        const address = this.#server.address()
        resolve(address !== null && typeof address === 'object' ? address.port : port)
      })
    })
  }

  /** Closes the door and sees everybody out. End the sessions first. */
  async close(reason: string): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const connection of this.#connections) connection.dismiss(reason)
    // Who has been told why the session ends leaves; the others are shown out.
    await Promise.race([closed, sleep(LEAVE_MS)])
    for (const connection of this.#connections) connection.disconnect(reason)
    await closed
  }

  #accept(socket: Socket): void {
    const address = socket.remoteAddress?.replace(/^::ffff:/, '') ?? ''
    // First of all: an error without a listener ends the process.
    socket.on('error', () => {})
    if (!this.#admit(address)) {
      socket.destroy()
      return
    }
    let stranger = true
    const known = () => {
      if (!stranger) return
      stranger = false
      clearTimeout(grace)
      this.#leave(address)
    }
    const grace = setTimeout(() => socket.destroy(), this.#options.connection.loginGraceS * 1000)
    const connection: StaffConnection = new StaffConnection(
      socket,
      { sourceAddress: address },
      this.#options.connection,
      {
        authenticated: known,
        closed: () => {
          known()
          this.#connections.delete(connection)
        },
      },
    )
    this.#connections.add(connection)
  }

  #admit(address: string): boolean {
    const here = this.#strangers.get(address) ?? 0
    const all = [...this.#strangers.values()].reduce((sum, count) => sum + count, 0)
    if (here >= STRANGERS_PER_ADDRESS_MAX || all >= STRANGERS_MAX) return false
    this.#strangers.set(address, here + 1)
    return true
  }

  #leave(address: string): void {
    const here = (this.#strangers.get(address) ?? 1) - 1
    if (here === 0) this.#strangers.delete(address)
    else this.#strangers.set(address, here)
  }
}

function cannotListen(host: string, port: number, cause: NodeJS.ErrnoException): GatewayError {
  const why =
    cause.code === 'EADDRINUSE'
      ? 'another program has it'
      : cause.code === 'EACCES'
        ? 'ports below 1024 need root'
        : cause.message
  return new GatewayError(
    'port-taken',
    `cannot listen for SSH on ${host} port ${port}: ${why}`,
    'stop that program, or set GATEBOOK_SSH_LISTEN to another port',
    cause,
  )
}
