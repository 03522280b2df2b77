import { Client } from 'pg'
import { databaseFailure } from './database-failure.ts'

export interface NoticeListenerOptions {
  readonly url: string
  /** The channel of LISTEN and NOTIFY. */
  readonly channel: string
  /** Milliseconds between calls that no notification asked for; 5000 unless told. */
  readonly safetyNetMs?: number
}

const RECONNECT_MS = 500
const SAFETY_NET_MS = 5000

/**
 * Hears the notifications of one channel on a connection of its own, and makes a new one when that breaks.
 * Listeners are called for a notification, after every new connection (something may have been missed) and every
 * few seconds in any case, because a network can die without a word.
 */
export class NoticeListener {
  readonly #options: NoticeListenerOptions
  readonly #listeners: (() => void)[] = []
  readonly #safetyNet: NodeJS.Timeout
  #client: Client | undefined
  #reconnect: NodeJS.Timeout | undefined
  #closed = false

  private constructor(options: NoticeListenerOptions) {
    this.#options = options
    this.#safetyNet = setInterval(() => this.#tell(), options.safetyNetMs ?? SAFETY_NET_MS)
  }

  /** Listens when it returns. Throws `database-unavailable`. */
  static async open(options: NoticeListenerOptions): Promise<NoticeListener> {
    const listener = new NoticeListener(options)
    try {
      await listener.#connect()
      return listener
    } catch (error) {
      await listener.close()
      throw databaseFailure(error)
    }
  }

  onNotice(listener: () => void): void {
    this.#listeners.push(listener)
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#safetyNet)
    clearTimeout(this.#reconnect)
    await this.#client?.end()
  }

  async #connect(): Promise<void> {
    const client = new Client({
      connectionString: this.#options.url,
      application_name: 'gatebook notices',
      connectionTimeoutMillis: 5000,
      keepAlive: true,
    })
    this.#client = client
    client.on('error', () => undefined)
    client.on('notification', () => this.#tell())
    await client.connect()
    await client.query(`listen ${client.escapeIdentifier(this.#options.channel)}`)
    client.once('end', () => this.#connectLater())
    this.#tell()
  }

  #connectLater(): void {
    if (this.#closed) return
    this.#reconnect = setTimeout(() => {
      this.#connect().catch(() => this.#connectLater())
    }, RECONNECT_MS)
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}
