import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inflateRawSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { eventKinds } from '#gateway/recording/event.ts'
import { decodeFrames, decodeSalts } from '#gateway/recording/dossier/frame-file.ts'
import { DOSSIER_FORMAT, renderLog } from '#gateway/recording/dossier/dossier-files.ts'
import { ZipWriter } from '#gateway/recording/dossier/zip-writer.ts'
import { KeyRing } from '#gateway/recording/seal/key-ring.ts'
import { provesInclusion } from '#gateway/recording/seal/merkle.ts'
import { readSealedEvents, type SealedFrame } from '#gateway/recording/seal/sealed-events.ts'
import { leafHash } from '#gateway/recording/seal/session-log.ts'
import { readTreeHead } from '#gateway/recording/seal/verify-log.ts'
import { verifySession } from '#gateway/recording/seal/verify-session.ts'
import { needsProgram } from '#test/harness/requirement.ts'
import { addFiles } from '#test/api/recorded-session.ts'
import { dossierOf, dossierVerdict } from './exported-dossier.ts'
import { sealedWorld } from './sealed-world.ts'

const page = readFileSync('RECORD-FORMAT.md', 'utf8')

/** The values of the example, by their names. */
const example = new Map(
  [...page.slice(page.indexOf('## An example')).matchAll(/^ {4}(.+) =\n((?: {6}.+\n)+)/gm)].map(([, name, value]) => [
    name!,
    value!.replace(/\s/g, ''),
  ]),
)
const text = (name: string) => example.get(name) ?? `no ${name}`
const bytes = (name: string) => Buffer.from(text(name), 'hex')
const sha256 = (...parts: readonly (Uint8Array | string)[]) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

describe('the page about the format', () => {
  it('names every kind of event with its number', () => {
    const rows = [...page.matchAll(/^\| (\d+) \| `(\w+)` \|/gm)].map(([, number, name]) => [name, Number(number)])
    expect(Object.fromEntries(rows)).toEqual(eventKinds)
  })

  it('is about the format that is written', () => {
    expect(page).toContain(`This is format **${DOSSIER_FORMAT}**.`)
  })
})

async function* framesOf(frames: Iterable<SealedFrame>) {
  yield* frames
}

describe('the example on that page', () => {
  it('has these events, whose chain comes to these heads', async () => {
    const [frame] = decodeFrames(bytes('frame'), 0)
    expect(inflateRawSync(frame!.data).toString('hex')).toBe(text('raw'))
    const salts = decodeSalts(bytes('salts'), 0)
    const seen: unknown[] = []
    let head = Buffer.from(sha256(Buffer.of(2, 0, 0, 0, 0), text('opening statement')), 'hex')
    expect(head.toString('hex')).toBe(text('head(-1)'))
    for await (const { event, committed } of readSealedEvents(framesOf([frame!]), salts)) {
      const { seq, atUs, kind, data } = event
      seen.push([seq, atUs, kind, data.toString()])
      expect(committed.toString('hex')).toBe(text(`commitment(${seq})`))
      const numbers = Buffer.alloc(21)
      numbers.writeBigUInt64BE(BigInt(seq))
      numbers.writeBigUInt64BE(BigInt(atUs), 8)
      numbers[16] = eventKinds[kind]
      numbers.writeUInt32BE(data.length, 17)
      head = Buffer.from(sha256(Buffer.of(1), head, numbers, committed), 'hex')
      expect(head.toString('hex')).toBe(text(`head(${seq})`))
    }
    expect(seen).toEqual([
      [0, 0, 'open', ''],
      [1, 1_000_000, 'input', 'ls\r'],
      [2, 1_005_000, 'output', 'notes\r\n'],
      [3, 2_000_000, 'close', ''],
    ])
  })

  it('is intact', async () => {
    const statements = ['key statement', 'opening statement', 'closing statement'].map(text)
    const keys = new KeyRing([{ index: 0, statement: statements[0]! }])
    const intact = await verifySession({
      session: '019aafb5-2a00-7000-8000-000000000001',
      keys,
      log: [1, 2].map((index) => ({ index, statement: statements[index]! })),
      checkpoint: undefined,
      channels: [0],
      events: () => readSealedEvents(framesOf(decodeFrames(bytes('frame'), 0)), decodeSalts(bytes('salts'), 0)),
    })
    expect(intact).toMatchObject({ sealedUs: 2_000_000, channels: [{ events: 4, closed: true }] })
    const leaves = statements.map(leafHash)
    expect(leaves.map((leaf) => leaf.toString('hex'))).toEqual([0, 1, 2].map((index) => text(`leaf ${index}`)))
    const head = readTreeHead(keys, { statement: text('tree head'), keptIn: 'the page' })
    expect(head).toMatchObject({ size: 3, root: text('root') })
    const proof = [bytes('proof of 1').subarray(0, 32), bytes('proof of 1').subarray(32)]
    expect(provesInclusion({ hash: leaves[1]!, index: 1 }, { size: 3, root: bytes('root') }, proof)).toBe(true)
  })
})

/** Runs the reader in Python on a dossier. */
async function python(dossier: Buffer): Promise<{ lines: Record<string, unknown>[]; err: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'gatebook-python-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const path = join(directory, 'work.zip')
  await writeFile(path, dossier)
  return new Promise((resolve) => {
    execFile('python3', ['test/session/read_dossier.py', path], (_, out, err) =>
      resolve({ lines: out.split('\n').flatMap((line) => (line === '' ? [] : JSON.parse(line))), err }),
    )
  })
}

describe('a reader that knows the page and nothing else', needsProgram('python3', 'python3'), () => {
  it('finds in a dossier every event that the database has, and verifies it', async () => {
    const world = await sealedWorld()
    await world.signHead()
    const { lines, err } = await python(await dossierOf(world, world.id))
    expect(err).toBe('')
    const expected = [0, 1].map(async (channel) =>
      (await world.eventsOf(world.id, channel)).map(({ seq, atUs, kind, data }) => ({
        channel,
        seq,
        atUs,
        kind,
        data: data.toString('base64'),
        head: expect.stringMatching(/^[0-9a-f]{64}$/),
      })),
    )
    expect(lines.slice(0, -1)).toEqual((await Promise.all(expected)).flat())
    expect(lines.at(-1)).toEqual({ session: world.id, staff: 'ivan', target: 'web1.acme' })
  })

  it('reads one of a session that goes on, and one of which a password was erased', async () => {
    const world = await sealedWorld()
    const live = await world.record('2026-11-23T14:00:00Z')
    await addFiles(world.stores, live, [{ operation: 'transfer', direction: 'upload', path: 'a', result: 'ok' }])
    await world.checkpoint(live)
    await world.erasePassword({ isSigned: true })
    await world.signHead()
    for (const id of [live, world.id]) expect((await python(await dossierOf(world, id))).err).toBe('')
  })

  it('sees an event that was erased and not signed for', async () => {
    const world = await sealedWorld()
    await world.erasePassword({ isSigned: false })
    await world.signHead()
    const { err } = await python(await dossierOf(world, world.id))
    expect(err).toBe('altered: an event was erased, and nobody signed for it\n')
  })
})

describe('a dossier of a later format', () => {
  it('is left to a later version to judge', async () => {
    const zip = new ZipWriter()
    const log = renderLog({ head: '', statements: [], checkpoint: null }).replace('"format": 1', '"format": 2')
    const files = ['README.txt', 'verify.mjs', 'keys.json'].flatMap((name) => zip.file(name, Buffer.alloc(0)))
    const dossier = Buffer.concat([...files, ...zip.file('log.json', Buffer.from(log)), zip.end()])
    await expect(dossierVerdict(dossier)).rejects.toThrow(
      /of format 2, of which this version of gatebook knows nothing/,
    )
  })
})
