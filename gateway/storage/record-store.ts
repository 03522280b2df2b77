import { and, asc, desc, eq, gte, inArray, lte } from 'drizzle-orm'
import { GatewayError } from '../errors.ts'
import type { RecordedEvent } from '../recording/event.ts'
import { decodeEvents } from '../recording/frame.ts'
import type {
  ChannelProgress,
  FilePlace,
  Keystroke,
  RecordBatch,
  RecordStore,
  TransferredFile,
} from '../recording/record-store.ts'
import { addToSessions, channelKey, closeSessions, putCheckpoints, updateChannels } from './batch-counters.ts'
import type { Database, Queries } from './database.ts'
import { interruptFiles, listFiles, putFiles } from './file-rows.ts'
import { channel, eventSalt, frame, keystrokeRun, session } from './schema-recording.ts'
import { appendToLog } from './session-log-store.ts'

/** Frames, of 64 KiB or little more, that are read at once. */
const FRAMES_AT_ONCE = 16

/** The record in PostgreSQL. */
export class PostgresRecordStore implements RecordStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async append(batch: RecordBatch): Promise<void> {
    await this.#database.change(async (tx) => {
      const months = await monthsOf(tx, batch)
      const fresh = await updateChannels(tx, batch.channels, months)
      const frames = freshRows(batch.frames, fresh, months)
      for (const some of slices(frames)) await tx.insert(frame).values(some)
      for (const some of slices(freshRows(batch.salts, fresh, months))) await tx.insert(eventSalt).values(some)
      const runs = freshRows(batch.runs, fresh, months).map(runColumns)
      for (const some of slices(runs)) await tx.insert(keystrokeRun).values(some)
      for (const some of slices(freshRows(batch.files, fresh, months))) await putFiles(tx, some)
      await addToSessions(
        tx,
        batch.channels.filter((change) => fresh.get(channelKey(change)) === true),
      )
      await putCheckpoints(tx, batch.checkpoints)
      for (const { sessionId, state, statement } of await closeSessions(tx, batch.closings)) {
        if (state === 'interrupted') await interruptFiles(tx, sessionId)
        await appendToLog(tx, { kind: 'closing', sessionId, statement })
      }
    })
  }

  async progress(sessionId: string, number: number): Promise<ChannelProgress | undefined> {
    const rows = await this.#database.read((queries) =>
      queries
        .select({ archivedSeq: channel.archivedSeq, keystrokes: channel.keystrokes, head: channel.head })
        .from(channel)
        .where(and(eq(channel.sessionId, sessionId), eq(channel.channel, number))),
    )
    return rows[0]
  }

  async *events(sessionId: string, number: number, fromUs = 0): AsyncIterable<RecordedEvent> {
    const month = await this.#monthOf(sessionId)
    if (month === undefined) return
    const ofChannel = and(eq(frame.month, month), eq(frame.sessionId, sessionId), eq(frame.channel, number))
    const [first] = await this.#database.read((queries) =>
      queries
        .select({ seq: frame.seq })
        .from(frame)
        .where(and(ofChannel, lte(frame.fromUs, fromUs)))
        .orderBy(desc(frame.seq))
        .limit(1),
    )
    for (let seq = first?.seq ?? 0; ;) {
      const page = await this.#database.read((queries) =>
        queries
          .select()
          .from(frame)
          .where(and(ofChannel, gte(frame.seq, seq)))
          .orderBy(asc(frame.seq))
          .limit(FRAMES_AT_ONCE),
      )
      for (const row of page) yield* decodeEvents(row)
      const last = page.at(-1)
      if (last === undefined || page.length < FRAMES_AT_ONCE) return
      seq = last.seq + last.events
    }
  }

  async keystrokes(sessionId: string, number: number): Promise<readonly Keystroke[]> {
    const month = await this.#monthOf(sessionId)
    if (month === undefined) return []
    const runs = await this.#database.read((queries) =>
      queries
        .select()
        .from(keystrokeRun)
        .where(
          and(eq(keystrokeRun.month, month), eq(keystrokeRun.sessionId, sessionId), eq(keystrokeRun.channel, number)),
        )
        .orderBy(asc(keystrokeRun.seq)),
    )
    return runs.flatMap(unpack)
  }

  async files(sessionId: string, limit: number, after?: FilePlace): Promise<readonly TransferredFile[]> {
    const month = await this.#monthOf(sessionId)
    if (month === undefined) return []
    return this.#database.read((queries) => listFiles(queries, { sessionId, month }, { limit, after }))
  }

  async #monthOf(sessionId: string): Promise<string | undefined> {
    const rows = await this.#database.read((queries) =>
      queries.select({ month: session.month }).from(session).where(eq(session.id, sessionId)),
    )
    return rows[0]?.month
  }
}

/** PostgreSQL takes 65,535 parameters in a statement, and a row has about ten. */
const ROWS_AT_ONCE = 1000

function* slices<Row>(rows: readonly Row[]): Generator<Row[]> {
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) yield rows.slice(from, from + ROWS_AT_ONCE)
}

/** Throws `record-failed` for a session that was never opened: its rows would belong to nobody. */
async function monthsOf(tx: Queries, batch: RecordBatch): Promise<ReadonlyMap<string, string>> {
  const ids = new Set([...batch.channels, ...batch.closings].map(({ sessionId }) => sessionId))
  // A checkpoint that is due alone belongs to a session that was opened.
  if (ids.size === 0) return new Map()
  const rows = await tx
    .select({ id: session.id, month: session.month })
    .from(session)
    .where(inArray(session.id, [...ids]))
  const months = new Map(rows.map(({ id, month }) => [id, month]))
  for (const id of ids) {
    if (!months.has(id)) throw new GatewayError('record-failed', `session ${id} has a record but was never opened`)
  }
  return months
}

/** Rows of the channels that the batch moved on, with their month; the others are stored already. */
function freshRows<Row extends { readonly sessionId: string; readonly channel: number }>(
  rows: readonly Row[],
  fresh: ReadonlyMap<string, boolean>,
  months: ReadonlyMap<string, string>,
): (Row & { month: string })[] {
  return rows.flatMap((row) => {
    const isFresh = fresh.get(channelKey(row))
    const month = months.get(row.sessionId)
    if (isFresh === undefined || month === undefined) {
      throw new GatewayError('record-failed', `a batch has rows of channel ${channelKey(row)} but no change of it`)
    }
    return isFresh ? [{ ...row, month }] : []
  })
}

function runColumns({ bytes, deltasUs, lengths, ...rest }: RecordBatch['runs'][number] & { month: string }) {
  return { ...rest, deltasUs: [...deltasUs], lengths: [...lengths], data: bytes }
}

function unpack(run: typeof keystrokeRun.$inferSelect): Keystroke[] {
  let atUs = run.fromUs
  let end = 0
  return run.lengths.map((length, index) => {
    atUs += run.deltasUs[index] ?? 0
    end += length
    return { seq: run.seq + index, atUs, bytes: run.data.subarray(end - length, end) }
  })
}
