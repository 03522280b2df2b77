import type { RecordBatch, RecordStore } from '#gateway/recording/record-store.ts'
import type { PostgresRecordStore } from '#gateway/storage/record-store.ts'

/** PostgreSQL, whose answers get lost. */
export class UnreliableStore implements Pick<RecordStore, 'append' | 'progress' | 'events'> {
  readonly #store: PostgresRecordStore
  /** Runs before each batch is stored, and behind its commit. */
  before: () => Promise<void> | void = () => {}
  after: () => Promise<void> | void = () => {}
  batches = 0

  constructor(store: PostgresRecordStore) {
    this.#store = store
  }

  async append(batch: RecordBatch): Promise<void> {
    await this.before()
    await this.#store.append(batch)
    this.batches++
    await this.after()
  }

  progress(sessionId: string, channel: number) {
    return this.#store.progress(sessionId, channel)
  }

  events(sessionId: string, channel: number) {
    return this.#store.events(sessionId, channel)
  }
}
