import { createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { plainAddress } from '../access/networks.ts'
import { GatewayError } from '../errors.ts'
import type { Penalties } from './penalties.ts'
import { StaffConnection, type StaffConnectionParts } from './staff-connection.ts'
import { Strangers } from './strangers.ts'
import { LEAVE_MS } from './target-session.ts'
import { TurnAway } from './turn-away.ts'

export interface ListenerOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly connection: StaffConnectionParts
  readonly penalties: Pick<Penalties, 'waitS' | 'punish'>
}

/**
 * The TCP door. Ours, not ssh2's: ssh2 knows of no connection before it has said its name, so a
 * silent stranger would stay for ever (research/ssh2.md §6).
 */
export class Listener {
  readonly #options: ListenerOptions
  readonly #server: Server
  readonly #connections = new Set<StaffConnection>()
  readonly #strangers = new Strangers()
  readonly #turnAway = new TurnAway()

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
    const { connection: parts, penalties } = this.#options
    const sourceAddress = plainAddress(socket.remoteAddress ?? '')
    // First of all: an error without a listener ends the process.
    socket.on('error', () => {})
    const waitS = penalties.waitS(sourceAddress)
    if (waitS > 0)
      return this.#turnAway.say(socket, `too many failed sign-ins from your address, try again in ${waitS} s`)
    if (!this.#strangers.enter(sourceAddress)) {
      return this.#turnAway.say(socket, 'too many connections that have not signed in, try again in a minute')
    }
    let phase: 'stranger' | 'too late' | 'known' = 'stranger'
    const known = () => {
      if (phase === 'known') return
      phase = 'known'
      clearTimeout(grace)
      this.#strangers.leave(sourceAddress)
    }
    const grace = setTimeout(() => {
      phase = 'too late'
      socket.destroy()
    }, parts.loginGraceS * 1000)
    const connection: StaffConnection = new StaffConnection(socket, { sourceAddress }, parts, {
      authenticated: known,
      closed: (offence) => {
        const isLate = phase === 'too late'
        known()
        this.#connections.delete(connection)
        if (offence !== undefined) penalties.punish(sourceAddress, isLate ? 'grace time over' : offence)
      },
    })
    this.#connections.add(connection)
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
