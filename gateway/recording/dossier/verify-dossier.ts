import { GatewayError } from '../../errors.ts'
import { Altered } from '../seal/altered.ts'
import { KeyRing, type RingKey } from '../seal/key-ring.ts'
import { provesInclusion } from '../seal/merkle.ts'
import { statePositions } from '../seal/positions.ts'
import { readSealedEvents, type SealedFrame } from '../seal/sealed-events.ts'
import { leafHash } from '../seal/session-log.ts'
import { isCheckpoint } from '../seal/session-statements.ts'
import { readStatement } from '../seal/statement.ts'
import type { TreeHeadStatement } from '../seal/tree-head.ts'
import { readTreeHead } from '../seal/verify-log.ts'
import { type IntactSession, verifySession } from '../seal/verify-session.ts'
import {
  DOSSIER_FORMAT,
  type DossierLog,
  framesName,
  KEYS,
  LOG,
  parseKeys,
  parseLog,
  parseObject,
  type ProvenStatement,
  README,
  saltsName,
  SESSION,
  VERIFIER,
} from './dossier-files.ts'
import { decodeFrames, decodeSalts } from './frame-file.ts'
import { ChannelAccount, renderSession, type Unsealed } from './session-account.ts'
import type { ZipReader } from './zip-reader.ts'

/** Bytes of any file of a dossier: a verifier must not be made to fill its memory. */
const FILE_MAX = 64 * 1024 * 1024

/** What a dossier that is not altered proves. */
export interface IntactDossier extends IntactSession {
  readonly head: TreeHeadStatement
  /** Who signed that head. */
  readonly signer: RingKey
}

/**
 * Verifies a session from nothing but its dossier: every byte of it is the record, proves it, or is checked against
 * it, but for the text of `README.txt` and the verifier. Throws `Altered`, and `bad-input` for a format of a later version.
 */
export async function verifyDossier(zip: ZipReader): Promise<IntactDossier> {
  for (const name of [README, VERIFIER]) await zip.read(name, FILE_MAX)
  const logText = await text(zip, LOG)
  checkFormat(logText)
  const log = parseLog(logText) ?? unreadable(LOG)
  const keyStatements = parseKeys(await text(zip, KEYS)) ?? unreadable(KEYS)
  const keys = new KeyRing(keyStatements)
  const head = readTreeHead(keys, { statement: log.head, keptIn: LOG })
  for (const list of [keyStatements, log.statements]) prove(list, head)
  const parts = partsByChannel(zip)
  const session = sessionOf(log)
  const accounts = parts.map((_, channel) => new ChannelAccount(session, channel))
  const intact = await verifySession({
    session,
    keys,
    log: log.statements,
    checkpoint: log.checkpoint ?? undefined,
    channels: [...parts.keys()],
    events: async function* (channel) {
      const salts = decodeSalts(await zip.read(saltsName(channel), FILE_MAX), channel)
      yield* readSealedEvents(frames(zip, channel, parts[channel] ?? 0), salts)
    },
    heed: (channel, event) => accounts[channel]?.take(event),
  })
  checkCovered(intact, log)
  await checkAccount(zip, intact, accounts)
  const signer = keys.get(readStatement(log.head)?.keyId ?? '')
  if (signer === undefined) throw new Altered('nobody signed the tree head')
  return { ...intact, head, signer }
}

async function text(zip: ZipReader, name: string): Promise<string> {
  return (await zip.read(name, FILE_MAX)).toString()
}

/** What a later version wrote is for that version to judge. */
function checkFormat(logFile: string): void {
  const { format } = parseObject(logFile)
  if (!Number.isSafeInteger(format) || (format as number) <= DOSSIER_FORMAT) return
  throw new GatewayError(
    'bad-input',
    `the archive is of format ${String(format)}, of which this version of gatebook knows nothing`,
    'verify it with a newer one',
  )
}

function unreadable(name: string): never {
  throw new Altered(`${name} is not as gatebook writes it`)
}

/** The session that the first statement opens. */
function sessionOf({ statements }: DossierLog): string {
  const session = readStatement(statements[0]?.statement ?? '')?.payload.session
  if (typeof session !== 'string') throw new Altered('there is no opening statement where one should be')
  return session
}

function prove(statements: readonly ProvenStatement[], head: TreeHeadStatement): void {
  const tree = { size: head.size, root: Buffer.from(head.root, 'hex') }
  let before = -1
  for (const { index, statement, proof } of statements) {
    const hashes = proof.map((hash) => Buffer.from(hash, 'hex'))
    if (index <= before || !provesInclusion({ hash: leafHash(statement), index }, tree, hashes)) {
      throw new Altered(`nothing proves that entry ${index} stands in the log of sessions`)
    }
    before = index
  }
}

/** How many files of frames each channel has. Throws `Altered` where a file stands that is no part of a dossier. */
function partsByChannel({ names }: ZipReader): readonly number[] {
  const parts: number[] = []
  let at = [README, VERIFIER, KEYS, LOG].length
  while (names[at] === saltsName(parts.length)) {
    const channel = parts.length
    let part = 0
    while (names[at + 1 + part] === framesName(channel, part)) part++
    parts.push(part)
    at += 1 + part
  }
  const expected = [README, VERIFIER, KEYS, LOG]
  const stranger = [...names.slice(0, expected.length), ...names.slice(at)].find(
    (name, index) => name !== [...expected, SESSION][index],
  )
  if (stranger !== undefined) throw new Altered(`${stranger} does not belong where it stands`)
  return parts
}

async function* frames(zip: ZipReader, channel: number, parts: number): AsyncGenerator<SealedFrame> {
  for (let part = 0; part < parts; part++) {
    yield* decodeFrames(await zip.read(framesName(channel, part), FILE_MAX), channel)
  }
}

/** Nothing stands in a dossier that no signature covers. */
function checkCovered({ closing, channels }: IntactSession, { checkpoint }: DossierLog): void {
  if (closing !== undefined) {
    // After a crash the checkpoint says how much must have been recovered.
    if (closing.state === 'interrupted' || checkpoint === null) return
    throw new Altered('it is closed, and has a checkpoint none the less')
  }
  const payload = readStatement(checkpoint ?? '')?.payload
  if (payload === undefined || !isCheckpoint(payload)) throw new Altered('neither its end nor a checkpoint is signed')
  const stated = { channels: payload.channels, open: payload.open, closed: payload.closed }
  if (JSON.stringify(statePositions(channels)) === JSON.stringify(stated)) return
  throw new Altered('there are events behind its last checkpoint')
}

async function checkAccount(
  zip: ZipReader,
  { opening, closing }: IntactSession,
  accounts: readonly ChannelAccount[],
): Promise<void> {
  const found = await text(zip, SESSION)
  if (renderSession(opening, closing, accounts, unsealedOf(found)) === found) return
  throw new Altered(`${SESSION} does not say what was signed and recorded`)
}

/** As they stand there: nothing proves them. */
function unsealedOf(sessionFile: string): Unsealed {
  const { unsealed } = parseObject(sessionFile)
  const { task, reason } = (typeof unsealed === 'object' && unsealed !== null ? unsealed : {}) as Record<
    string,
    unknown
  >
  return { task: typeof task === 'string' ? task : null, reason: typeof reason === 'string' ? reason : null }
}
