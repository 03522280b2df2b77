import type { Keystroke, TransferredFile } from '#gateway/recording/record-store.ts'
import { Altered } from '#gateway/recording/seal/altered.ts'
import type { SaltBlock } from '#gateway/recording/seal/channel-chain.ts'
import type { SealedFrame } from '#gateway/recording/seal/sealed-events.ts'
import type { LogEntry } from '#gateway/recording/seal/session-log.ts'
import type { ChannelRow, SessionRow } from '#gateway/session/session-evidence.ts'
import { type EverythingParts, verifyEverything } from '#gateway/session/verify-everything.ts'
import type { SealedWorld } from './sealed-world.ts'

/** The rows of a sealed session, in the order of their keys. */
export interface StoredSession {
  row: SessionRow
  channels: ChannelRow[]
  /** Of each channel, as the next two. */
  frames: SealedFrame[][]
  salts: SaltBlock[][]
  keystrokes: Keystroke[][]
  files: TransferredFile[]
}

/** What a database holds of sessions, in memory, where it is altered and verified a thousand times in a few seconds. */
export interface StoredRecord {
  sessions: StoredSession[]
  log: LogEntry[]
  heads: string[]
}

/** Everything that is stored now. */
export async function storedRecord({ stores }: SealedWorld): Promise<StoredRecord> {
  const found = await stores.sessions.list({ limit: 100 })
  return {
    sessions: await Promise.all(found.map(({ id }) => storedSession(stores, id))),
    log: await all(stores.sessionLog.entries(0)),
    heads: [...(await stores.sessionLog.heads())],
  }
}

async function storedSession(stores: SealedWorld['stores'], id: string): Promise<StoredSession> {
  const recorded = await stores.evidence.evidence(id)
  if (recorded === undefined) throw new Error(`no session ${id}`)
  const { row, channels } = recorded
  const ofEach = <Row>(read: (channel: number) => Promise<readonly Row[]>) =>
    Promise.all(channels.map(async ({ channel }) => [...(await read(channel))]))
  return {
    row,
    channels: [...channels],
    frames: await ofEach(async (channel) => (await all(stores.evidence.frames(id, channel))).map(frameRow)),
    salts: await ofEach((channel) => stores.evidence.salts(id, channel)),
    keystrokes: await ofEach((channel) => stores.records.keystrokes(id, channel)),
    files: [...(await stores.records.files(id, 1000))],
  }
}

/** Without the names of session, channel and month, which say where it is. */
function frameRow({ channel, seq, events, fromUs, toUs, rawLength, data, checks, crc32 }: SealedFrame): SealedFrame {
  return { channel, seq, events, fromUs, toUs, rawLength, data, checks, crc32 }
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = []
  for await (const item of items) found.push(item)
  return found
}

/** What `gatebook verify --all` finds altered in it, with no head that was kept outside; undefined for nothing. */
export async function alterationOf(record: StoredRecord): Promise<string | undefined> {
  let found: string | undefined
  try {
    await verifyEverything(storesOn(record), [], ({ what }) => (found ??= what ?? undefined))
  } catch (error) {
    if (!(error instanceof Altered)) throw error
    return error.alteration.what
  }
  return found
}

function storesOn({ sessions, log, heads }: StoredRecord): EverythingParts {
  const ofSession = (id: string) => sessions.find(({ row }) => row.id === id)
  const ofLog = (id: string) => log.filter(({ sessionId }) => sessionId === id)
  const byIndex = () => log.toSorted((one, other) => one.index - other.index)
  return {
    sessions: { list: async ({ after }) => (after === undefined ? sessions.map(({ row }) => row) : []) },
    records: {
      keystrokes: async (id, channel) => ofSession(id)?.keystrokes[channel] ?? [],
      files: async (id, _, after) => (after === undefined ? (ofSession(id)?.files ?? []) : []),
    },
    evidence: {
      evidence: async (id) => {
        const session = ofSession(id)
        if (session === undefined) return undefined
        const { row, channels, frames, salts } = session
        const parts = [...frames.keys(), ...salts.keys()].map((channel) => ({ channel, month: row.month }))
        return { row, channels, parts, log: ofLog(id), checkpoint: undefined }
      },
      frames: (id, channel) => each(ofSession(id)?.frames[channel] ?? []),
      salts: async (id, channel) => ofSession(id)?.salts[channel] ?? [],
      strangers: async () => [],
    },
    sessionLog: {
      appendKey: never,
      appendTrail: never,
      trails: never,
      opening: never,
      putHead: never,
      positions: never,
      keys: async () => byIndex().filter(({ kind }) => kind === 'key'),
      statements: async (id) => ({ log: ofLog(id), checkpoint: undefined }),
      leaves: () => each(byIndex().map(({ index, leafHash: hash }) => ({ index, hash }))),
      entries: () => each(byIndex()),
      heads: async () => heads,
    },
  }
}

async function* each<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items
}

function never(): never {
  throw new Error('nobody verifies by this')
}
