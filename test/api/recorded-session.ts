import { randomUUID } from 'node:crypto'
import type { Staff } from '#gateway/access/staff.ts'
import type { Target } from '#gateway/access/target.ts'
import { systemClock } from '#gateway/clock.ts'
import { ChannelArchive, type ArchivedPart } from '#gateway/recording/channel-archive.ts'
import { encodeChannelRequest } from '#gateway/recording/channel-request.ts'
import type { EventKind } from '#gateway/recording/event.ts'
import { encodeFileStatement, type FileStatement } from '#gateway/recording/files/file-statement.ts'
import type { RecordStore } from '#gateway/recording/record-store.ts'
import type { SessionLog } from '#gateway/recording/seal/session-log.ts'
import { SessionSeals, type UnsealedClosing } from '#gateway/recording/seal/session-seals.ts'
import type { SessionStore } from '#gateway/session/session.ts'
import { loggedSigningKey, signedOpening, TEST_GATEWAY } from '#test/harness/signing.ts'

const SECOND_US = 1_000_000

export interface Work {
  readonly staff: Staff
  readonly target: Target
  readonly startedAt: Date
  /** Undefined: the session is live. */
  readonly endedAfterS?: number
}

export interface RecordingStores {
  readonly sessions: SessionStore
  readonly records: RecordStore
  readonly sessionLog: SessionLog
}

/**
 * Puts a session on record as the gateway would, sealed: on channel 0 a shell of 80 x 24 in which `ls` and Enter were
 * typed at 2 s and `q` at 62 s, on channel 1 the command `uptime`. Answers with its id.
 */
export async function recordSession(stores: RecordingStores, work: Work): Promise<string> {
  const { startedAt, endedAfterS } = work
  const { id, seals } = await openSession(stores, work)
  const ends = endedAfterS === undefined ? [] : ([['close', endedAfterS * SECOND_US, '']] as const)
  const parts = await Promise.all([
    archived(seals, { sessionId: id, channel: 0 }, [
      ['open', 0, ''],
      ['request', 1000, encodeChannelRequest('pty-req', terminal('xterm', 80, 24))],
      ['request', 1100, encodeChannelRequest('shell', Buffer.alloc(0))],
      ['output', SECOND_US, '$ '],
      ['input', 2 * SECOND_US, 'ls\r'],
      ['output', 2 * SECOND_US + 5000, 'ls\r\nnotes\r\n$ '],
      ['input', 62 * SECOND_US, 'q'],
      ['output', 62 * SECOND_US + 5000, 'q'],
      ...ends,
    ]),
    archived(seals, { sessionId: id, channel: 1 }, [
      ['open', 500_000, ''],
      ['request', 500_100, encodeChannelRequest('exec', string('uptime'))],
      ['output', 600_000, 'up 3 days\n'],
      ...ends,
    ]),
  ])
  await stores.records.append(
    sealed(seals, parts, endedAfterS === undefined ? [] : [closingOf(id, startedAt, endedAfterS)]),
  )
  return id
}

/** Opens a session, sealed as the gateway would: with its id, and what seals the rest of it. */
export async function openSession(
  stores: RecordingStores,
  { staff, target, startedAt }: Pick<Work, 'staff' | 'target' | 'startedAt'>,
): Promise<{ readonly id: string; readonly seals: SessionSeals }> {
  const id = randomUUID()
  const opening = {
    id,
    gatewayId: TEST_GATEWAY,
    clientId: target.clientId,
    targetId: target.id,
    staffId: staff.id,
    login: 'root',
    sourceAddress: '192.0.2.7',
    startedAt,
  }
  const key = await loggedSigningKey(stores.sessionLog)
  await stores.sessions.open(opening, signedOpening(key, opening, { staff, target }))
  const seals = new SessionSeals(key, stores.sessionLog, systemClock)
  await seals.begin(id, false)
  return { id, seals }
}

/** Adds output to channel 0 of a live session, ten seconds after all else. */
export async function addOutput(stores: RecordingStores, sessionId: string, text: string): Promise<void> {
  const stored = await stores.records.progress(sessionId, 0)
  const seals = new SessionSeals(await loggedSigningKey(stores.sessionLog), stores.sessionLog, systemClock)
  await seals.begin(sessionId, true)
  const archive = new ChannelArchive(sessionId, 0, seals.chain(sessionId, 0, stored))
  const seq = (stored?.archivedSeq ?? -1) + 1
  await archive.add({ sessionId, channel: 0, seq, kind: 'output', atUs: 72 * SECOND_US, data: Buffer.from(text) })
  await stores.records.append(sealed(seals, [await archive.take()], []))
}

/** Adds a channel 2 that carried these files, one a second from 70 s on. */
export async function addFiles(stores: RecordingStores, sessionId: string, files: readonly FileFacts[]): Promise<void> {
  const seals = new SessionSeals(await loggedSigningKey(stores.sessionLog), stores.sessionLog, systemClock)
  await seals.begin(sessionId, true)
  const part = await archived(seals, { sessionId, channel: 2 }, [
    ['open', 69 * SECOND_US, ''],
    ['request', 69 * SECOND_US, encodeChannelRequest('subsystem', string('sftp'))],
    ...files.map((file, number): Entry => {
      const [path, newPath] = [file.path, file.newPath].map((each) => (each === undefined ? each : Buffer.from(each)))
      return ['file', (70 + number) * SECOND_US, encodeFileStatement({ ...file, number, path, newPath })]
    }),
  ])
  await stores.records.append(sealed(seals, [part], []))
}

type FileFacts = Omit<FileStatement, 'number' | 'path' | 'newPath'> & {
  readonly path?: string | Buffer
  readonly newPath?: string | Buffer
}

/** An event before it is on record. */
export type Entry = readonly [kind: EventKind, atUs: number, data: string | Buffer]

async function archived(
  seals: SessionSeals,
  { sessionId, channel }: { readonly sessionId: string; readonly channel: number },
  events: readonly Entry[],
): Promise<ArchivedPart> {
  const archive = new ChannelArchive(sessionId, channel, seals.chain(sessionId, channel, undefined))
  for (const [seq, [kind, atUs, data]] of events.entries()) {
    await archive.add({ sessionId, channel, seq, kind, atUs, data: Buffer.from(data) })
  }
  return archive.take()
}

/** What these parts come to in one transaction. */
export function sealed(seals: SessionSeals, parts: readonly ArchivedPart[], closings: readonly UnsealedClosing[]) {
  const channels = parts.map(({ change }) => change)
  return {
    frames: parts.flatMap(({ frames }) => frames),
    salts: parts.flatMap(({ salts }) => salts),
    runs: parts.flatMap(({ runs }) => runs),
    files: parts.flatMap(({ files }) => files),
    channels,
    ...seals.seal(channels, closings),
  }
}

export function closingOf(sessionId: string, startedAt: Date, endedAfterS: number): UnsealedClosing {
  const endedAt = new Date(startedAt.getTime() + endedAfterS * 1000)
  return { sessionId, state: 'ended', endedAt, lengthUs: endedAfterS * SECOND_US, reason: 'closed' }
}

/** RFC 4254 §6.2, in pixels 0, without modes. */
export function terminal(type: string, columns: number, rows: number): Buffer {
  return Buffer.concat([string(type), ...[columns, rows, 0, 0].map(uint32), string('')])
}

/** RFC 4251 §5. */
export function string(text: string): Buffer {
  return Buffer.concat([uint32(Buffer.byteLength(text)), Buffer.from(text)])
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
