import { type Delivery, deliveryToCommand, deliveryToFile, deliveryToWebhook } from './tree-head-deliveries.ts'

export interface PublicationPlaces {
  readonly treeHeadFile: string | undefined
  readonly treeHeadWebhook: string | undefined
  readonly treeHeadCommand: string | undefined
}

const RETRY_MS_MIN = 1000
const RETRY_MS_MAX = 60_000
/** A program or a web server is not called more often, however many sessions open. */
const SPACING_MS = 1000
/** Closing the gateway waits so long for a place that does not answer. */
const PATIENCE_MS = 5000

/**
 * Publishes tree heads off the database, to the places that the settings name. Each place gets the newest head as soon
 * as it takes it, for that one covers all before it; nobody waits for that.
 */
export class TreeHeadPublication {
  readonly #places: readonly Place[]

  constructor({ treeHeadFile, treeHeadWebhook, treeHeadCommand }: PublicationPlaces, log: (line: string) => void) {
    this.#places = [
      ...(treeHeadFile === undefined ? [] : [new Place('the file', deliveryToFile(treeHeadFile), 0, log)]),
      ...(treeHeadWebhook === undefined
        ? []
        : [new Place('the webhook', deliveryToWebhook(treeHeadWebhook), SPACING_MS, log)]),
      ...(treeHeadCommand === undefined
        ? []
        : [new Place('the command', deliveryToCommand(treeHeadCommand), SPACING_MS, log)]),
    ]
  }

  publish(statement: string): void {
    for (const place of this.#places) place.take(statement)
  }

  /** How many places do not have the newest head, and could not be given it at the last try. */
  get behind(): number {
    return this.#places.filter(({ troubled }) => troubled).length
  }

  /** Gives each place a last chance to take the newest head. */
  async close(): Promise<void> {
    await Promise.all(this.#places.map((place) => place.close()))
  }
}

class Place {
  readonly #name: string
  readonly #deliver: Delivery
  readonly #spacingMs: number
  readonly #log: (line: string) => void
  readonly #giveUp = new AbortController()
  #newest: string | undefined
  #running: Promise<void> | undefined
  #closing = false
  #wake: (() => void) | undefined
  troubled = false

  constructor(name: string, deliver: Delivery, spacingMs: number, log: (line: string) => void) {
    this.#name = name
    this.#deliver = deliver
    this.#spacingMs = spacingMs
    this.#log = log
  }

  take(statement: string): void {
    this.#newest = statement
    this.#running ??= this.#run()
  }

  async close(): Promise<void> {
    this.#closing = true
    this.#wake?.()
    const timer = setTimeout(() => this.#giveUp.abort(), PATIENCE_MS)
    await this.#running
    clearTimeout(timer)
  }

  async #run(): Promise<void> {
    let waitMs = RETRY_MS_MIN
    while (this.#newest !== undefined) {
      const statement = this.#newest
      const isLastTry = this.#closing
      try {
        await this.#deliver(statement, this.#giveUp.signal)
        if (this.#newest === statement) this.#newest = undefined
        if (this.troubled) this.#log(`tree heads reach ${this.#name} again`)
        this.troubled = false
        waitMs = RETRY_MS_MIN
        if (this.#spacingMs > 0) await this.#sleep(this.#spacingMs)
      } catch (error) {
        if (!this.troubled) this.#log(`tree heads do not reach ${this.#name}: ${(error as Error).message}`)
        this.troubled = true
        if (isLastTry) break
        await this.#sleep(waitMs)
        waitMs = Math.min(waitMs * 2, RETRY_MS_MAX)
      }
    }
    this.#running = undefined
  }

  /** Not while closing. */
  async #sleep(ms: number): Promise<void> {
    if (this.#closing) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#wake = undefined
  }
}
