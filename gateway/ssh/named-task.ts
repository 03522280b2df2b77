import type { SessionStore } from '../session/session.ts'

/** What `SetEnv` names: `GATEBOOK_TASK`, `GATEBOOK_REASON`. */
export interface Named {
  readonly task?: string
  readonly reason?: string
}

/** Stores what a session is about. However often it is named, PostgreSQL hears one name at a time, and the last. */
export class NamedTask {
  readonly #store: Pick<SessionStore, 'setTask'>
  readonly #log: (line: string) => void
  /** What PostgreSQL has not heard yet. */
  #named: Named | undefined

  constructor(store: Pick<SessionStore, 'setTask'>, log: (line: string) => void) {
    this.#store = store
    this.#log = log
  }

  name(sessionId: string, named: Named): void {
    const isStoring = this.#named !== undefined
    this.#named = { ...this.#named, ...named }
    if (isStoring) return
    this.#storeAll(sessionId)
      .catch((error: unknown) => this.#log(`the task of ${sessionId} is not stored: ${String(error)}`))
      .finally(() => (this.#named = undefined))
  }

  async #storeAll(sessionId: string): Promise<void> {
    for (let stored; stored !== this.#named;) {
      stored = this.#named
      await this.#store.setTask(sessionId, stored ?? {})
    }
  }
}
