import type { Command } from 'commander'
import { printable } from '#shared/printable.ts'
import type { SessionVerification } from '#shared/seal.ts'
import { GatewayError } from '../errors.ts'
import { Altered } from '../recording/seal/altered.ts'
import { dossierText, reportOnDossier } from '../recording/dossier/dossier-report.ts'
import { readKeptHeads } from '../recording/seal/kept-heads.ts'
import { verifyTrail } from '../recording/seal/signed-trail.ts'
import { verificationText, verificationView } from '../recording/seal/verification-view.ts'
import type { KeptHead } from '../recording/seal/verify-log.ts'
import { verdictOf } from '../recording/seal/verify-session.ts'
import { verifyEverything } from '../session/verify-everything.ts'
import { type HeldLog, verifyRecordedLog } from '../session/verify-recorded-log.ts'
import { verifyRecordedSession } from '../session/verify-recorded-session.ts'
import type { Desk, OpenInstallation } from './desk.ts'
import { jsonOption, type ListOptions } from './json-option.ts'
import { findSession } from './named-things.ts'
import type { OpenStores } from './program-parts.ts'
import { rememberedHeads } from './remembered-heads.ts'

/** What is no session's id: those have neither. */
const IS_FILE = /\.zip$|[/\\]/i

interface VerifyOptions extends ListOptions {
  readonly all?: true
  readonly head?: string
}

/** `gatebook verify`: whether a record is still what was signed. */
export function verifyCommand(program: Command, desk: Desk): void {
  program
    .command('verify')
    .description('whether a session, or everything, is still on record as it was signed; names the first bad event')
    .argument('[session]', 'as gatebook session list shows it; or the file of one that was exported as zip')
    .option('--all', 'the log of sessions, every session in it, and whether there are others')
    .option('--head <file>', 'with the tree heads that were kept outside of the database, one a line')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Exit status 0: intact; 1: altered. Without --head nobody sees that the whole database is an older one, unless this is
the gateway's own machine, which remembers its last head. A file is verified by itself, without an installation.

Examples:
  gatebook verify 01a2b3c4
  gatebook verify work.zip
  gatebook verify --all --head /mnt/witness/heads`,
    )
    .action(async (id: string | undefined, options: VerifyOptions, command: Command) => {
      if ((id === undefined) === (options.all === undefined)) {
        command.error('error: give either a session or --all')
      }
      if (id !== undefined && IS_FILE.test(id)) return await verifyFile(desk, id, options)
      await desk.withStores(async (open) => {
        const heads = await keptHeads(desk, open, options.head)
        if (id === undefined) await verifyAll(desk, open.stores, heads, options)
        else await verifyOne(desk, open.stores, { id: await knownId(open.stores, id), heads }, options)
      })
    })
}

async function verifyFile(desk: Desk, path: string, { head, json }: VerifyOptions): Promise<void> {
  const kept = head === undefined ? undefined : await readKeptHeads(head, (text) => desk.note(text))
  const view = await reportOnDossier(path, kept)
  if (json) desk.printJson(view)
  else desk.print(dossierText(path, view))
  if (view.verdict === 'altered') desk.parts.setExitCode(1)
}

async function keptHeads(
  desk: Desk,
  { config }: OpenInstallation,
  file: string | undefined,
): Promise<readonly KeptHead[]> {
  const outside = file === undefined ? [] : await readKeptHeads(file, (text) => desk.note(text))
  return [...outside, ...(await rememberedHeads(config.dataDirectory))]
}

async function verifyOne(
  desk: Desk,
  stores: OpenStores,
  { id, heads }: { readonly id: string; readonly heads: readonly KeptHead[] },
  options: VerifyOptions,
): Promise<void> {
  const verdict = await verdictOf(async () => {
    const { log } = await stores.sessionLog.statements(id)
    const { keys } = await verifyRecordedLog(stores.sessionLog, heads, log)
    return await verifyRecordedSession(stores, id, keys)
  })
  const view = verificationView(id, verdict)
  if (options.json) desk.printJson(view)
  else printVerification(desk, view)
  if (view.verdict === 'altered') desk.parts.setExitCode(1)
}

async function verifyAll(
  desk: Desk,
  stores: OpenStores,
  heads: readonly KeptHead[],
  options: VerifyOptions,
): Promise<void> {
  const altered: SessionVerification[] = []
  let intact = 0
  const log = await logVerdict(() =>
    verifyEverything(stores, heads, (found) => {
      if (found.verdict === 'intact') intact++
      else altered.push(found)
    }),
  )
  const { view, held } = log
  const trail = await trailVerdict(stores, held)
  if (options.json) desk.printJson({ log: view, trail, intact, altered })
  else {
    for (const each of altered) printVerification(desk, each)
    desk.print(`${intact} ${intact === 1 ? 'session' : 'sessions'} intact, ${altered.length} altered\n`)
    desk.print(`log of sessions  ${printable(logText(view))}\n`)
    desk.print(`audit trail  ${printable(trailText(trail))}\n`)
  }
  if (held !== undefined) noteNewChains(desk, held)
  const isIntact = altered.length === 0 && view.verdict === 'intact' && trail.verdict === 'intact'
  if (!isIntact) desk.parts.setExitCode(1)
}

async function logVerdict(verify: () => Promise<HeldLog>): Promise<{ view: LogView; held?: HeldLog }> {
  try {
    const held = await verify()
    return { held, view: { verdict: 'intact', entries: held.size, headAt: held.head.at, what: null } }
  } catch (error) {
    if (!(error instanceof Altered)) throw error
    return { view: { verdict: 'altered', entries: null, headAt: null, what: error.alteration.what } }
  }
}

interface LogView {
  readonly verdict: string
  readonly entries: number | null
  readonly headAt: string | null
  readonly what: string | null
}

function logText({ verdict, entries, headAt, what }: LogView): string {
  return what === null ? `${verdict}: ${entries} entries, newest head of ${headAt}` : `${verdict}: ${what}`
}

interface TrailView {
  readonly verdict: 'intact' | 'altered'
  /** What a gateway has signed of it; null where it is altered. */
  readonly signedEntries: number | null
  readonly what: string | null
}

/** Nothing can be said of the trail by a log that does not hold. */
async function trailVerdict({ auditTrail, sessionLog }: OpenStores, held: HeldLog | undefined): Promise<TrailView> {
  try {
    const keys = held?.keys
    if (keys === undefined) throw new Altered('the log of sessions, in which it is signed, does not hold')
    const { entries } = await verifyTrail(auditTrail, sessionLog, keys)
    return { verdict: 'intact', signedEntries: entries, what: null }
  } catch (error) {
    if (!(error instanceof Altered)) throw error
    return { verdict: 'altered', signedEntries: null, what: error.alteration.what }
  }
}

function trailText({ verdict, signedEntries, what }: TrailView): string {
  return what === null ? `${verdict}: ${signedEntries} entries are signed` : `${verdict}: ${what}`
}

/** Nothing is wrong with a chain that began anew; but whoever took a gateway over would do just that. */
function noteNewChains(desk: Desk, { keys }: HeldLog): void {
  for (const { gateway, at, reason } of keys.chains()) {
    if (reason !== undefined) desk.note(`gateway ${gateway} began anew with another signing key at ${at}: ${reason}`)
  }
}

function printVerification(desk: Desk, view: SessionVerification): void {
  desk.print(`${view.session}  ${printable(verificationText(view))}\n`)
}

/** A session that is not in the database any more may still be known to the log. */
async function knownId(stores: OpenStores, id: string): Promise<string> {
  try {
    return (await findSession(stores, id)).id
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'not-found' && (await isLogged(stores, id))) return id
    throw error
  }
}

async function isLogged(stores: OpenStores, id: string): Promise<boolean> {
  return (await stores.sessionLog.statements(id)).log.length > 0
}
