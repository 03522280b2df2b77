import type { Bridge } from './bridge.ts'

/** The session channels of one session that are open, and what the gateway says on them. */
export class SessionBridges {
  readonly #open = new Set<Bridge>()
  /** Waits for a program on whose stderr it can be said. */
  readonly #untold: string[] = []

  get size(): number {
    return this.#open.size
  }

  add(bridge: Bridge): void {
    this.#open.add(bridge)
  }

  delete(bridge: Bridge): void {
    this.#open.delete(bridge)
  }

  /** Says on every channel. */
  warn(words: string): void {
    for (const bridge of this.#open) bridge.tell(words)
  }

  /** On stderr of what runs; where nothing runs yet, of what will: its channel may still want a terminal. */
  tell(words: string): void {
    const running = [...this.#open].filter((bridge) => bridge.runs)
    if (running.length === 0 && !this.#untold.includes(words)) this.#untold.push(words)
    for (const bridge of running) bridge.tell(words)
  }

  /** A program is about to start there. */
  starts(bridge: Bridge): void {
    for (const words of this.#untold.splice(0)) bridge.tell(words)
  }

  end(reason: string, recorded: boolean): void {
    for (const bridge of this.#open) bridge.end(reason, recorded)
  }

  /** The administrator's connection is gone. */
  lost(): void {
    for (const bridge of this.#open) bridge.lost()
  }
}
