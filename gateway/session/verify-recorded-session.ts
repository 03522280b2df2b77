import { isDeepStrictEqual } from 'node:util'
import { ChannelTally, type ChannelGain } from '../recording/channel-tally.ts'
import type { FileChange, Keystroke, KeystrokeRun, RecordStore, TransferredFile } from '../recording/record-store.ts'
import { Altered } from '../recording/seal/altered.ts'
import { KeyRing } from '../recording/seal/key-ring.ts'
import { readSealedEvents, type SealedFrame } from '../recording/seal/sealed-events.ts'
import type { OpeningStatement } from '../recording/seal/session-statements.ts'
import type { SessionLog } from '../recording/seal/session-log.ts'
import { type IntactSession, type SessionVerdict, verdictOf, verifySession } from '../recording/seal/verify-session.ts'
import type { ChannelRow, EvidenceStore, RecordedEvidence, SessionRow } from './session-evidence.ts'

export interface RecordedSessionParts {
  readonly evidence: EvidenceStore
  readonly records: Pick<RecordStore, 'keystrokes' | 'files'>
}

/** Entries of the list of files that are read at once. */
const FILES_AT_ONCE = 500

/** The verdict about a session in the database; whether the log of sessions itself holds is `verifyRecordedLog`. */
export function verdictOnRecord(
  parts: RecordedSessionParts & { readonly sessionLog: Pick<SessionLog, 'keys'> },
  sessionId: string,
): Promise<SessionVerdict> {
  return verdictOf(async () => verifyRecordedSession(parts, sessionId, new KeyRing(await parts.sessionLog.keys())))
}

/**
 * Verifies a session as the database holds it: its events against what was signed, and every row that is made of them
 * against the events. Throws `Altered`.
 */
export async function verifyRecordedSession(
  parts: RecordedSessionParts,
  sessionId: string,
  keys: KeyRing,
): Promise<IntactSession> {
  const recorded = await parts.evidence.evidence(sessionId)
  if (recorded === undefined) throw new Altered('it is not in the database any more')
  const { row, log, checkpoint, channels } = recorded
  checkParts(recorded)
  const tallies = new Map(channels.map(({ channel }) => [channel, new ChannelTally(sessionId, channel)]))
  const intact = await verifySession({
    session: sessionId,
    keys,
    log,
    checkpoint,
    goesOn: row.state === 'live',
    channels: channels.map(({ channel }) => channel),
    events: (channel) => eventsOf(parts.evidence, sessionId, channel, endOf(recorded, channel)),
    heed: (channel, event) => tallies.get(channel)?.take(event),
  })
  checkOpening(row, intact.opening)
  // What goes on may have grown since the rows were read.
  if (intact.closing === undefined) {
    if (row.state !== 'live') throw new Altered('nobody signed its end')
    return intact
  }
  const { state, endedAt, reason, lengthUs } = intact.closing
  const end = [row.state, row.endedAt?.toISOString(), row.endReason, row.lengthUs]
  expectSame('end', end, [state, endedAt, asStored(reason), lengthUs])
  const files: FileChange[] = []
  for (const channel of channels) {
    const counted = tallies.get(channel.channel)?.harvest()
    checkChannel(channel, counted?.gain, intact.channels[channel.channel]?.head)
    checkKeystrokes(channel.channel, counted?.runs ?? [], await parts.records.keystrokes(sessionId, channel.channel))
    files.push(...(counted?.files ?? []))
  }
  await checkFiles(parts.records, sessionId, files, state === 'interrupted')
  checkSums(row, channels)
  return intact
}

async function* eventsOf(store: EvidenceStore, sessionId: string, channel: number, end: number) {
  const salts = (await store.salts(sessionId, channel)).filter(({ seq }) => seq < end)
  yield* readSealedEvents(framesBefore(end, store.frames(sessionId, channel)), salts)
}

/** What is added to a session that goes on while it is verified is left out; of one that is over all is read. */
function endOf({ row, channels }: RecordedEvidence, channel: number): number {
  return row.state === 'live' ? (channels[channel]?.archivedSeq ?? -1) + 1 : Infinity
}

async function* framesBefore(end: number, frames: AsyncIterable<SealedFrame>): AsyncGenerator<SealedFrame> {
  for await (const frame of frames) {
    if (frame.seq >= end) return
    yield frame
  }
}

/** Rows in another month, or of a channel that is not there, would be shown to nobody and verified by nobody. */
function checkParts({ row, channels, parts }: RecordedEvidence): void {
  const { month } = row
  if (`${row.startedAt.toISOString().slice(0, 7)}-01` !== month) throw new Altered('its month is not that of its start')
  for (const part of [...channels, ...parts]) {
    const where = { channel: part.channel }
    if (part.month !== month) throw new Altered('a part of it stands in another month', where)
    if (channels[part.channel]?.channel !== part.channel) throw new Altered('a part of no channel was added', where)
  }
}

function checkOpening(row: SessionRow, { client, target, staff, ...opening }: OpeningStatement): void {
  expectSame('gateway', row.gatewayId, opening.gateway)
  expectSame('client', [row.clientId, row.client], [client.id, client.slug])
  expectSame('target', [row.targetId, row.target], [target.id, target.name])
  expectSame('staff', [row.staffId, row.staff], [staff.id, staff.login])
  expectSame('login', row.login, opening.login)
  expectSame('source address', row.sourceAddress, opening.sourceAddress)
  expectSame('start', row.startedAt.toISOString(), opening.startedAt)
}

function checkChannel(row: ChannelRow, gain: ChannelGain | undefined, head: Buffer | undefined): void {
  const { channel, month: _, ...shown } = row
  const recounted = {
    head,
    command: gain?.command,
    archivedSeq: gain?.archivedSeq,
    kind: gain?.kind,
    terminal: gain?.terminal && { ...gain.terminal, type: asStored(gain.terminal.type) },
    openedUs: gain?.openedUs,
    closedUs: gain?.closedUs,
    exitStatus: gain?.exitStatus,
    exitSignal: gain?.exitSignal && asStored(gain.exitSignal),
    keystrokes: gain?.keystrokes,
    bytesIn: gain?.bytesIn,
    bytesOut: gain?.bytesOut,
    bytesErr: gain?.bytesErr,
  }
  if (isDeepStrictEqual(shown, recounted)) return
  throw new Altered('what its row says is not what its events say', { channel })
}

function checkKeystrokes(channel: number, runs: readonly KeystrokeRun[], stored: readonly Keystroke[]): void {
  let at = 0
  for (const run of runs) {
    let { fromUs: atUs, seq } = run
    let from = 0
    for (const [index, length] of run.lengths.entries()) {
      atUs += run.deltasUs[index] ?? 0
      const key = stored[at++]
      const bytes = run.bytes.subarray(from, (from += length))
      if (key?.seq !== seq || key.atUs !== atUs || !key.bytes.equals(bytes)) {
        throw new Altered(`keystroke ${seq} is not what was typed`, { channel, atUs })
      }
      seq++
    }
  }
  if (at !== stored.length) throw new Altered('keystrokes were added', { channel })
}

async function checkFiles(
  records: RecordedSessionParts['records'],
  sessionId: string,
  said: readonly FileChange[],
  wasInterrupted: boolean,
): Promise<void> {
  const expected = said.map((file) => fileAsStored(file, wasInterrupted))
  const order = (one: TransferredFile, other: TransferredFile) =>
    one.channel - other.channel || one.number - other.number
  expected.sort(order)
  let at = 0
  for (let last: TransferredFile | undefined; ;) {
    const page = await records.files(sessionId, FILES_AT_ONCE, last)
    for (const file of page) {
      if (isDeepStrictEqual(file, expected[at++])) continue
      throw new Altered(`entry ${file.number} of its list of files is not what its events say`, {
        channel: file.channel,
      })
    }
    last = page.at(-1)
    if (last === undefined) break
  }
  const missing = expected[at]
  if (missing !== undefined) throw new Altered('its list of files is cut', { channel: missing.channel })
}

/** What was going on when the gateway was killed was cut off. */
function fileAsStored(file: FileChange, wasInterrupted: boolean): TransferredFile {
  return {
    channel: file.channel,
    number: file.number,
    atUs: file.atUs,
    endedUs: file.endedUs,
    operation: file.operation,
    direction: file.direction,
    path: file.path,
    newPath: file.newPath,
    bytes: file.bytes,
    sha256: file.sha256,
    result: file.result ?? (wasInterrupted ? 'interrupted' : undefined),
    note: file.note && asStored(file.note),
  }
}

function checkSums(row: SessionRow, channels: readonly ChannelRow[]): void {
  const sum = (count: (channel: ChannelRow) => number) => channels.reduce((all, channel) => all + count(channel), 0)
  expectSame('number of channels', row.channels, channels.length)
  expectSame(
    'keystrokes',
    row.keystrokes,
    sum(({ keystrokes }) => keystrokes),
  )
  expectSame(
    'bytes in',
    row.bytesIn,
    sum(({ bytesIn }) => bytesIn),
  )
  expectSame(
    'bytes out',
    row.bytesOut,
    sum(({ bytesOut, bytesErr }) => bytesOut + bytesErr),
  )
  const last = lastToExit(channels)
  expectSame('exit', [row.exitStatus, row.exitSignal], [last?.exitStatus, last?.exitSignal])
}

/** Of those that reported one, the channel that closed last; one that a crash left open comes behind the others. */
function lastToExit(channels: readonly ChannelRow[]): ChannelRow | undefined {
  const closedUs = (channel: ChannelRow) => channel.closedUs ?? Number.MAX_SAFE_INTEGER
  return channels
    .filter(({ exitStatus, exitSignal }) => exitStatus !== undefined || exitSignal !== undefined)
    .toSorted((one, other) => closedUs(other) - closedUs(one) || other.channel - one.channel)[0]
}

/** PostgreSQL cannot hold NUL: in its rows U+FFFD stands for it. */
function asStored(text: string): string {
  return text.replaceAll('\0', '\uFFFD')
}

function expectSame(what: string, found: unknown, signed: unknown): void {
  if (!isDeepStrictEqual(found, signed)) throw new Altered(`its ${what} is not what was signed`)
}
