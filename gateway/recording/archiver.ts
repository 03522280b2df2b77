import { GatewayError } from '../errors.ts'
import { ChannelArchive } from './channel-archive.ts'
import { JournalReader, type PlacedRecord } from './journal-reader.ts'
import type { JournalRecord } from './journal-record.ts'
import type { Journal, JournalSegment } from './journal.ts'
import { createPacer } from './pacer.ts'
import type { RecordStore } from './record-store.ts'
import type { SessionSeals, UnsealedClosing } from './seal/session-seals.ts'

/** What is typed at a terminal that stays silent waits this long to be taken for a secret. */
const HOLD_MS = 3000
/** A keystroke is in PostgreSQL about this long after it was pressed (design.md, "Frames"). */
const FLUSH_MS = 250
/** While the journal grows faster than this, somebody copies: archiving would take the processor from them … */
const BULK_BYTES_PER_S = 4 * 1024 * 1024
const LOOK_MS = 100
/** … but pages and searches must not fall far behind. */
const WAIT_MS_MAX = 10_000
/** What was copied then goes to PostgreSQL at leisure, so that live sessions do not notice … */
const LEISURE_BYTES_PER_S = 24 * 1024 * 1024
/** … but at once and flat out when the journal has used this part of its budget. */
const LEISURE_PART = 0.25
const RETRY_MS_MAX = 5000

export interface ArchiverOptions {
  readonly journal: Journal
  readonly journalMaxBytes: number
  readonly store: Pick<RecordStore, 'append' | 'progress' | 'events'>
  readonly seals: SessionSeals
  /** Told of each new trouble with PostgreSQL once, and when it is over. */
  onTrouble(error: GatewayError | Error): void
  onRecovered(): void
  /** The journal cannot be read back: nothing more reaches PostgreSQL, so every session must end. */
  onFailure(error: GatewayError): void
}

/**
 * Carries the journal into PostgreSQL. It reads what the journal has written, so a slow or absent
 * database costs no memory, and recovery after a crash is the same way walked again: what is stored
 * already is passed over. One batch at a time; a failed batch is tried until it succeeds.
 */
export class Archiver {
  readonly #options: ArchiverOptions
  readonly #reader: JournalReader
  readonly #channels = new Map<string, OpenArchive>()
  #closings: UnsealedClosing[] = []
  readonly #breathe = createPacer()
  #stopping = false
  #wake: (() => void) | undefined
  #idle: (() => void)[] = []
  #running: Promise<void>

  /** Starts at once. */
  constructor(options: ArchiverOptions) {
    this.#options = options
    this.#reader = new JournalReader(options.journal)
    options.journal.onWritten(() => this.#wake?.())
    this.#running = this.#run().catch((error: unknown) => {
      if (error instanceof StoppedWithoutDatabase) return
      const why = error instanceof Error ? error.message : String(error)
      const hint = 'keep a copy of the journal directory, then restart gatebook'
      options.onFailure(new GatewayError('record-failed', `the journal cannot be read back: ${why}`, hint, error))
    })
  }

  /** Bytes of the journal that are not in PostgreSQL yet, about. */
  get lagBytes(): number {
    return this.#reader.unread()
  }

  /** Resolves when everything the journal holds now is in PostgreSQL. */
  caughtUp(): Promise<void> {
    return new Promise((resolve) => {
      this.#idle.push(resolve)
      this.#wake?.()
    })
  }

  /** Stores what is journalled, if the database answers within `patienceMs`; the rest stays in the journal. */
  async stop(patienceMs: number): Promise<void> {
    const deadline = new Promise<void>((resolve) => setTimeout(resolve, patienceMs).unref())
    await Promise.race([this.caughtUp(), deadline])
    this.#stopping = true
    this.#wake?.()
    await this.#running
    await this.#reader.close()
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      const startedAt = Date.now()
      const placed = await this.#reader.next()
      for (const one of placed) {
        await this.#take(one)
        // The same process relays keystrokes: a flood on one channel must not hold them up.
        await this.#breathe()
      }
      this.#settle()
      await this.#store()
      this.#forget()
      if (placed.length === 0) {
        for (const resolve of this.#idle.splice(0)) resolve()
        await this.#waitForMore()
        await this.#letBulkPass()
      } else {
        const bytes = placed.reduce((sum, { record }) => sum + record.data.length, 0)
        await this.#pace(bytes, Date.now() - startedAt)
      }
    }
  }

  async #take({ record, segment }: PlacedRecord): Promise<void> {
    const { sessionId, channel: number } = record
    if (record.kind === 'sessionClosed') return await this.#close(record, segment)
    const key = `${sessionId}/${number}`
    let channel = this.#channels.get(key)
    if (channel === undefined) {
      const archive = await this.#untilItSucceeds(() => this.#archive(record, segment))
      channel = { sessionId, archive, leftBehind: segment.leftBehind, heldIn: undefined, addedAt: 0 }
      this.#channels.set(key, channel)
    }
    await channel.archive.add(record)
    channel.addedAt = performance.now()
    channel.heldIn = channel.archive.holds ? (channel.heldIn ?? segment) : undefined
  }

  async #archive({ sessionId, channel }: JournalRecord, { leftBehind }: JournalSegment): Promise<ChannelArchive> {
    const { store, seals } = this.#options
    await seals.begin(sessionId, leftBehind)
    const stored = leftBehind ? await store.progress(sessionId, channel) : undefined
    const archive = new ChannelArchive(sessionId, channel, seals.chain(sessionId, channel, stored))
    if (stored !== undefined) await archive.recall(store.events(sessionId, channel))
    return archive
  }

  /** The closing covers every event: none may wait any longer. */
  async #close(record: JournalRecord, { leftBehind }: JournalSegment): Promise<void> {
    const { sessionId } = record
    await this.#untilItSucceeds(() => this.#options.seals.begin(sessionId, leftBehind))
    for (const channel of this.#holding()) if (channel.sessionId === sessionId) decide(channel)
    this.#closings.push(closing(record))
  }

  /** What was typed and not answered is decided when nothing more comes, or when all is to be stored. */
  #settle(): void {
    const all = this.#idle.length > 0 && this.#reader.unread() === 0
    for (const channel of this.#holding()) {
      if (!all && performance.now() - channel.addedAt < HOLD_MS) continue
      decide(channel)
    }
  }

  #holding(): OpenArchive[] {
    return [...this.#channels.values()].filter(({ archive }) => archive.holds)
  }

  async #store(): Promise<void> {
    const { seals, store } = this.#options
    const pending = [...this.#channels.values()].filter(({ archive }) => archive.pending)
    if (pending.length === 0 && this.#closings.length === 0 && seals.dueInMs !== 0) return
    const parts = await Promise.all(pending.map(({ archive }) => archive.take()))
    const channels = parts.map((part) => part.change)
    const closings = this.#closings
    this.#closings = []
    const rows = {
      frames: parts.flatMap((part) => part.frames),
      salts: parts.flatMap((part) => part.salts),
      runs: parts.flatMap((part) => part.runs),
      files: parts.flatMap((part) => part.files),
      channels,
    }
    await this.#untilItSucceeds(() =>
      // Signed for each attempt: meanwhile the key may have changed.
      seals.hold(async () => {
        const sealed = seals.seal(channels, closings)
        await store.append({ ...rows, ...sealed })
        seals.stored(sealed)
      }),
    )
  }

  /** After `#store` all that the reader has handed out is in PostgreSQL, but for what archives hold. */
  #forget(): void {
    const { journal } = this.#options
    const held = new Set(this.#holding().map(({ heldIn }) => heldIn))
    for (let oldest = journal.segments[0]; oldest !== undefined; oldest = journal.segments[0]) {
      if (!this.#reader.isPast(oldest) || held.has(oldest)) break
      journal.dropOldest()
    }
    const onlyOurs = journal.segments[0]?.leftBehind !== true
    if (onlyOurs) this.#options.seals.forgetLeftBehind()
    for (const [key, { archive, leftBehind }] of this.#channels) {
      if (archive.closed || (leftBehind && onlyOurs)) this.#channels.delete(key)
    }
  }

  async #waitForMore(): Promise<void> {
    if (this.#stopping || this.#idle.length > 0) return
    // What was written since the reader looked has rung no bell.
    if (this.#reader.unread() === 0) {
      const due = this.#restMs()
      const timer = due === undefined ? undefined : setTimeout(() => this.#wake?.(), due)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      clearTimeout(timer)
      this.#wake = undefined
      if (this.#reader.unread() === 0) return
    }
    // Gathers what follows, so that a keystroke and its echo are one frame, not two.
    if (this.#idle.length === 0 && !this.#stopping) await this.#sleep(FLUSH_MS)
  }

  /** How long there may be nothing to do; undefined: until something is written. */
  #restMs(): number | undefined {
    const { dueInMs } = this.#options.seals
    if (this.#holding().length === 0) return dueInMs
    return Math.min(HOLD_MS, dueInMs ?? HOLD_MS)
  }

  async #letBulkPass(): Promise<void> {
    const until = performance.now() + WAIT_MS_MAX
    for (let before = 0; !this.#urgent && performance.now() < until; await this.#sleep(LOOK_MS)) {
      const unread = this.#reader.unread()
      if (unread - before < (BULK_BYTES_PER_S * LOOK_MS) / 1000) return
      before = unread
    }
  }

  get #urgent(): boolean {
    const { journal, journalMaxBytes } = this.#options
    return this.#stopping || this.#idle.length > 0 || journal.bytes > journalMaxBytes * LEISURE_PART
  }

  async #pace(bytes: number, spentMs: number): Promise<void> {
    if (this.#urgent) return
    const due = (bytes / LEISURE_BYTES_PER_S) * 1000 - spentMs
    if (due > 1) await this.#sleep(due)
  }

  /** Sleeps, unless somebody waits for `caughtUp` or the archiver stops. */
  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms)
      const wake = () => {
        if (this.#stopping || this.#idle.length > 0) done()
      }
      this.#wake = wake
      const finish = () => {
        if (this.#wake === wake) this.#wake = undefined
        resolve()
      }
      function done() {
        clearTimeout(timer)
        finish()
      }
    })
  }

  async #untilItSucceeds<T>(act: () => Promise<T>): Promise<T> {
    let troubled = false
    for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, RETRY_MS_MAX)) {
      try {
        const result = await act()
        if (troubled) this.#options.onRecovered()
        return result
      } catch (error) {
        if (!troubled) this.#options.onTrouble(error instanceof Error ? error : new Error(String(error)))
        troubled = true
        // Stopping with the database away: the journal keeps it all for the next start.
        if (this.#stopping) throw new StoppedWithoutDatabase()
        await this.#sleep(waitMs)
      }
    }
  }
}

interface OpenArchive {
  readonly sessionId: string
  readonly archive: ChannelArchive
  readonly leftBehind: boolean
  /** Where the oldest record stands that the archive holds: that segment must stay. */
  heldIn: JournalSegment | undefined
  /** By `performance.now`. */
  addedAt: number
}

class StoppedWithoutDatabase extends Error {}

/** Nothing of it waits any longer to be known as a secret. */
function decide(channel: OpenArchive): void {
  channel.archive.settle()
  channel.heldIn = undefined
}

function closing({ sessionId, atUs, data }: JournalRecord): UnsealedClosing {
  const { endedAt, reason } = JSON.parse(data.toString()) as { endedAt: string; reason: string }
  return { sessionId, state: 'ended', endedAt: new Date(endedAt), lengthUs: atUs, reason }
}
