import { GatewayError } from '../errors.ts'
import {
  type DossierLog,
  KEYS,
  LOG,
  type ProvenStatement,
  README,
  renderKeys,
  renderLog,
  SESSION,
  VERIFIER,
} from '../recording/dossier/dossier-files.ts'
import { headOver, keyPlace, keysBehind, proveStatements } from '../recording/dossier/prove-statements.ts'
import { ChannelAccount, renderSession } from '../recording/dossier/session-account.ts'
import { channelFiles } from '../recording/dossier/channel-files.ts'
import { ZipWriter } from '../recording/dossier/zip-writer.ts'
import type { SessionLog } from '../recording/seal/session-log.ts'
import {
  type CheckpointStatement,
  type ClosingStatement,
  isCheckpoint,
  isClosing,
  isOpening,
  type OpeningStatement,
} from '../recording/seal/session-statements.ts'
import { readStatement } from '../recording/seal/statement.ts'
import type { EvidenceStore, RecordedEvidence } from './session-evidence.ts'

export interface DossierParts {
  readonly evidence: EvidenceStore
  readonly sessionLog: SessionLog
  /** The one-file verifier, which goes with it. */
  readonly verifier: Buffer
  /** Heads that somebody keeps: it is proven under the newest of these, instead of one that the database has. */
  readonly keptHeads: readonly string[] | undefined
}

/**
 * A session as a dossier, a ZIP archive in pieces: as the database holds it, altered or not, for `verifyDossier` to
 * judge. Of a session that goes on, what its last checkpoint covers. The same session, proven under the same head, is
 * the same archive byte by byte. Throws `not-found`, `conflict` where nothing is signed yet, `session-log` where nothing
 * can be proven, and `record-failed`.
 */
export async function* exportDossier(parts: DossierParts, sessionId: string): AsyncGenerator<Buffer> {
  const recorded = await parts.evidence.evidence(sessionId)
  if (recorded === undefined) throw new GatewayError('not-found', `there is no session ${sessionId}`)
  const signed = readSigned(recorded)
  const { keys, log } = await proven(parts, recorded, signed)
  const zip = new ZipWriter()
  yield* zip.file(README, Buffer.from(readme(sessionId)))
  yield* zip.file(VERIFIER, parts.verifier)
  yield* zip.file(KEYS, Buffer.from(renderKeys(keys)))
  yield* zip.file(LOG, Buffer.from(renderLog(log)))
  const accounts: ChannelAccount[] = []
  for (const channel of coveredChannels(recorded, signed)) {
    const account = new ChannelAccount(sessionId, channel)
    accounts.push(account)
    yield* channelFiles(zip, {
      channel,
      salts: await parts.evidence.salts(sessionId, channel),
      frames: parts.evidence.frames(sessionId, channel),
      end: endOf(channel, signed),
      account,
    })
  }
  const { task = null, reason = null } = recorded.row
  yield* zip.file(SESSION, Buffer.from(renderSession(signed.opening, signed.closing, accounts, { task, reason })))
  yield zip.end()
}

/** What is signed of a session, taken at its word. */
interface Signed {
  readonly opening: OpeningStatement
  readonly closing: ClosingStatement | undefined
  /** Undefined where there is a closing. */
  readonly checkpoint: CheckpointStatement | undefined
  /** What covers a session that goes on: its checkpoint, or the closing of the time when it was given up. */
  readonly bounds: CheckpointStatement | undefined
}

function readSigned({ row, log, checkpoint: newest }: RecordedEvidence): Signed {
  const [opening, ...others] = log.map(({ statement }) => readStatement(statement)?.payload ?? {})
  if (opening === undefined || !isOpening(opening)) {
    throw new GatewayError('session-log', `the log of sessions does not say who opened session ${row.id}`, TELLS_MORE)
  }
  const closing = others.findLast(isClosing)
  if (closing !== undefined) {
    return { opening, closing, checkpoint: undefined, bounds: row.state === 'live' ? closing : undefined }
  }
  if (row.state !== 'live') {
    throw new GatewayError('session-log', `nobody signed the end of session ${row.id}`, TELLS_MORE)
  }
  const checkpoint = readStatement(newest ?? '')?.payload
  if (checkpoint !== undefined && isCheckpoint(checkpoint))
    return { opening, closing: undefined, checkpoint, bounds: checkpoint }
  throw new GatewayError('conflict', `nothing of session ${row.id} is signed yet`, 'try again in a few seconds')
}

const TELLS_MORE = 'gatebook verify tells more'

async function proven(
  { sessionLog, keptHeads }: DossierParts,
  { row, log, checkpoint }: RecordedEvidence,
  { closing }: Signed,
): Promise<{ readonly keys: readonly ProvenStatement[]; readonly log: DossierLog }> {
  const known = await sessionLog.keys()
  const last = Math.max(log.at(-1)?.index ?? 0, keyPlace(known, checkpoint ?? ''))
  const head = headOver(last, keptHeads ?? (await sessionLog.heads()))
  if (head === undefined) {
    const which = keptHeads === undefined ? 'no signed head of the log of sessions' : 'none of these tree heads'
    const hint = keptHeads === undefined ? 'start the gateway, which signs one' : 'give a newer one'
    throw new GatewayError('conflict', `${which} covers this session yet`, hint)
  }
  const signed = [...log.map(({ statement }) => statement), checkpoint ?? '', head.statement]
  const keys = keysBehind(
    known.filter(({ index }) => index < head.size),
    signed,
  )
  // What was signed behind a closing covers more than is exported; of what ended none is kept.
  const isNeeded = closing === undefined || (closing.state === 'interrupted' && row.state !== 'live')
  const statements = await proveStatements(sessionLog, head, [...keys, ...log])
  return {
    keys: statements.slice(0, keys.length),
    log: {
      head: head.statement,
      statements: statements.slice(keys.length),
      checkpoint: isNeeded ? (checkpoint ?? null) : null,
    },
  }
}

function coveredChannels({ channels }: RecordedEvidence, { bounds }: Signed): readonly number[] {
  const numbers = channels.map(({ channel }) => channel)
  return bounds === undefined ? numbers : numbers.filter((channel) => channel < bounds.channels)
}

/** Events that the last statement covers; of a channel that is closed there, or has its end signed, all. */
function endOf(channel: number, { bounds }: Signed): number {
  return bounds?.open.find(([number]) => number === channel)?.[1] ?? Infinity
}

function readme(sessionId: string): string {
  return `The record of session ${sessionId}, and what proves it. With Node.js 20.19 or newer:

    node verify.mjs THIS-ARCHIVE.zip

says "intact", or what was altered. Whoever altered a record could put another verify.mjs beside it: take yours from
somebody you trust, such as from another archive, or use gatebook verify THIS-ARCHIVE.zip.

The archive proves itself by the first key of the gateway, which the verifier names: ask whether it is the right one.
With a tree head that you kept, add --head FILE.

  session.json   what the session was; "unsealed" is not signed, the rest is
  channels/      its events
  log.json       what the gateway signed of it, with its place in the log of sessions
  keys.json      the public keys, each signed by the one before it

RECORD-FORMAT.md of Gatebook describes every byte.
`
}
