import { parseLog, render } from '#gateway/recording/dossier/dossier-files.ts'
import { decodeFrames, decodeSalts, encodeFrame, encodeSalts } from '#gateway/recording/dossier/frame-file.ts'
import { ChannelAccount, renderSession } from '#gateway/recording/dossier/session-account.ts'
import { verifyDossier } from '#gateway/recording/dossier/verify-dossier.ts'
import { ZipReader } from '#gateway/recording/dossier/zip-reader.ts'
import { ZipWriter } from '#gateway/recording/dossier/zip-writer.ts'
import { Altered } from '#gateway/recording/seal/altered.ts'
import { isClosing, isOpening } from '#gateway/recording/seal/session-statements.ts'
import { readStatement } from '#gateway/recording/seal/statement.ts'
import { another, attacked, type Chance, eventAttacks, eventsOf, flipped, oneOf, refit } from './attacks.ts'

export type Files = [name: string, content: Buffer][]

/** Dossiers of two sessions of the same installation: what is in one may be put into the other. */
export interface Dossiers {
  bytes: Buffer
  readonly files: Files
  readonly others: Files
}

export async function dossiers(bytes: Buffer, others: Buffer): Promise<Dossiers> {
  return { bytes, files: await filesOf(bytes), others: await filesOf(others) }
}

/** What `gatebook verify FILE.zip` finds altered; undefined for nothing. */
export async function dossierAlteration({ bytes }: Dossiers): Promise<string | undefined> {
  try {
    await verifyDossier(await ZipReader.open(sourceOf(bytes)))
    return undefined
  } catch (error) {
    if (!(error instanceof Altered)) throw error
    return error.message
  }
}

/** What somebody without the signing key does to the first dossier; tells what it was. */
export function attackDossier(dossier: Dossiers, chance: Chance): string {
  const attack = oneOf(chance, [attackBytes, attackFiles, attackJson, attackEvents])
  const name = attack(dossier, chance)
  if (attack !== attackBytes) dossier.bytes = archive(dossier.files)
  return name
}

/** The file as it is, its checksums not mended. */
function attackBytes(dossier: Dossiers, chance: Chance): string {
  const { bytes } = dossier
  const at = chance(bytes.length)
  const length = 1 + chance(100)
  const ways: Record<string, () => Buffer> = {
    'flips a bit': () => flipped(chance, bytes),
    'takes bytes out': () => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]),
    'puts bytes in': () => Buffer.concat([bytes.subarray(0, at), Buffer.alloc(length, at), bytes.subarray(at)]),
    'cuts off the end': () => bytes.subarray(0, at),
    'adds an end': () => Buffer.concat([bytes, Buffer.alloc(length)]),
    'swaps two pieces': () => {
      const middle = Math.floor(bytes.length / 2)
      const [one, two] = [chance(middle - length), middle + chance(middle - length)]
      const swapped = Buffer.from(bytes)
      bytes.copy(swapped, one, two, two + length)
      bytes.copy(swapped, two, one, one + length)
      return swapped
    },
  }
  const [name, change] = oneOf(chance, Object.entries(ways))
  dossier.bytes = change()
  return `${name} of the file`
}

/** Files of the archive, which is written anew; the text and the verifier in it prove nothing. */
function attackFiles({ files, others }: Dossiers, chance: Chance): string {
  const at = 2 + chance(files.length - 2)
  const [name, content] = files[at]!
  const cut = chance(content.length + 1)
  const ways: Record<string, () => unknown> = {
    'flips a bit': () => (files[at] = [name, flipped(chance, content)]),
    'takes out a file': () => files.splice(at, 1),
    'repeats a file': () => files.splice(at, 0, [`${name}-`, content]),
    'cuts a file': () => (files[at] = [name, content.subarray(0, cut)]),
    'lengthens a file': () => (files[at] = [name, Buffer.concat([content, Buffer.from('\n')])]),
    'exchanges two files': () => {
      const other = 2 + chance(files.length - 2)
      files[at] = [name, files[other]![1]]
      files[other] = [files[other]![0], content]
    },
    'takes a file of another session': () => {
      files[at] = [name, others.find(([each]) => each === name)?.[1] ?? Buffer.alloc(0)]
    },
    'changes the order': () => files.push(...files.splice(at, 1)),
  }
  const [way, change] = oneOf(chance, Object.entries(ways))
  change()
  return `${way}: ${name.replace(/\d+/g, 'N')}`
}

/** A value somewhere in the JSON, written as it should be; `unsealed` proves nothing. */
function attackJson({ files }: Dossiers, chance: Chance): string {
  const at = oneOf(
    chance,
    [...files.keys()].filter((index) => files[index]![0].endsWith('.json')),
  )
  const [name, content] = files[at]!
  const { unsealed, ...document } = JSON.parse(content.toString()) as Record<string, unknown>
  const changed = another(chance, document) as Record<string, unknown>
  // A format of a later version is for that one to judge.
  const text = render({ ...changed, format: document.format, ...(unsealed !== undefined && { unsealed }) })
  files[at] = [name, Buffer.from(text)]
  return `changes a value of ${name}`
}

/** Events, with frames that fit; every second time everything is made to fit that needs no key. */
function attackEvents({ files }: Dossiers, chance: Chance): string {
  const contentOf = (name: string) => files.find(([each]) => each === name)?.[1]
  const channels = files.filter(([name]) => name.endsWith('/salts')).length
  const channel = chance(channels)
  const [name, attack] = oneOf(chance, Object.entries(eventAttacks))
  const framesOf = (number: number) => [...decodeFrames(contentOf(`channels/${number}/frames-0`)!, number)]
  const before = { frames: framesOf(channel), salts: decodeSalts(contentOf(`channels/${channel}/salts`)!, channel) }
  const events = attacked(eventsOf(before.frames), attack, chance)
  if (events === undefined) return `${name}, and nothing changes`
  const put = (file: string, content: Buffer) => {
    files[files.findIndex(([each]) => each === file)] = [file, content]
  }
  const isAnew = chance(2) === 0
  const statements = parseLog(contentOf('log.json')!.toString())!.statements.map(({ statement }) => statement)
  const refitted = refit(channel, events, { ...before, ...(isAnew && { opening: statements[0]! }) })
  put(`channels/${channel}/frames-0`, Buffer.concat(refitted.frames.map(encodeFrame)))
  put(`channels/${channel}/salts`, encodeSalts(refitted.salts))
  const [opening, closing] = statements.map((statement) => readStatement(statement)!.payload)
  if (!isOpening(opening!) || !isClosing(closing!)) throw new Error('the session is not sealed')
  const accounts = Array.from({ length: channels }, (_, number) => new ChannelAccount(opening.session, number))
  try {
    for (const [number, account] of accounts.entries()) {
      for (const event of eventsOf(framesOf(number))) account.take(event)
    }
    put('session.json', Buffer.from(renderSession(opening, closing, accounts, { task: null, reason: null })))
  } catch {
    // What the event says now cannot be read: nothing can be made of it.
  }
  return `${name}, in ${isAnew ? 'a chain computed anew' : 'frames that fit'}`
}

/** The files of an archive. */
export async function filesOf(bytes: Buffer): Promise<Files> {
  const zip = await ZipReader.open(sourceOf(bytes))
  return Promise.all(zip.names.map(async (name) => [name, await zip.read(name, bytes.length)] as Files[number]))
}

export function archive(files: Files): Buffer {
  const zip = new ZipWriter()
  const pieces = files.flatMap(([name, content]) => zip.file(name, content))
  return Buffer.concat([...pieces, zip.end()])
}

function sourceOf(bytes: Buffer) {
  return { length: bytes.length, read: async (at: number, length: number) => bytes.subarray(at, at + length) }
}
