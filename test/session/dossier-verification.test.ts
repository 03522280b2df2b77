import { generateKeyPairSync } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseLog, renderLog } from '#gateway/recording/dossier/dossier-files.ts'
import { decodeFrames, decodeSalts, encodeFrame, encodeSalts } from '#gateway/recording/dossier/frame-file.ts'
import type { RecordedEvent } from '#gateway/recording/event.ts'
import { createSigner, readStatement } from '#gateway/recording/seal/statement.ts'
import { eventsOf, refit } from './attacks.ts'
import { archive, type Files, filesOf } from './dossier-attacks.ts'
import { dossierOf, dossierVerdict } from './exported-dossier.ts'
import { recordLongSession } from './long-session.ts'
import { sealedWorld } from './sealed-world.ts'

/** A dossier by its files, and those of another session. */
let original: Files
let others: Files
beforeAll(async () => {
  let close = async () => {}
  const world = await sealedWorld((closing) => (close = closing))
  const long = await recordLongSession(world.stores, { ...world.access, startedAt: new Date('2026-11-23T16:00:00Z') })
  await world.signHead()
  original = await filesOf(await dossierOf(world, long))
  others = await filesOf(await dossierOf(world, world.id))
  await close()
})

type Attack = (files: Map<string, Buffer>) => unknown

const edited =
  (name: string, edit: (text: string) => string): Attack =>
  (files) =>
    files.set(name, Buffer.from(edit(files.get(name)!.toString())))

const logEdited = (edit: (log: NonNullable<ReturnType<typeof parseLog>>) => ReturnType<typeof parseLog>): Attack =>
  edited('log.json', (text) => renderLog(edit(parseLog(text)!)!))

/** The events of channel 0 changed, in frames that fit; with `anew` in a chain of their own, too. */
const rewritten =
  (change: (events: RecordedEvent[]) => RecordedEvent[], { anew = false } = {}): Attack =>
  (files) => {
    const frames = [...decodeFrames(files.get('channels/0/frames-0')!, 0)]
    const salts = decodeSalts(files.get('channels/0/salts')!, 0)
    const opening = parseLog(files.get('log.json')!.toString())!.statements[0]!.statement
    const refitted = refit(0, change(eventsOf(frames)), { frames, salts, ...(anew && { opening }) })
    files.set('channels/0/frames-0', Buffer.concat(refitted.frames.map(encodeFrame)))
    files.set('channels/0/salts', encodeSalts(refitted.salts))
  }

const shouted = (events: RecordedEvent[]) =>
  events.map((event) => (event.seq === 5 ? Object.assign(event, { data: Buffer.from('LS 0\r\n') }) : event))
const later = (events: RecordedEvent[]) =>
  events.map((event) => (event.seq > 200 ? Object.assign(event, { atUs: event.atUs + 1 }) : event))

const fromOther =
  (...names: readonly string[]): Attack =>
  (files) => {
    for (const name of names) files.set(name, others.find(([each]) => each === name)![1])
  }

describe('a dossier', () => {
  it('is intact as it was written', async () => {
    expect(await dossierVerdict(archive(original))).toMatch(/intact: sealed, verified to 0:10:00.000000 \(3 channels/)
  })

  it.each<readonly [string, Attack, RegExp]>([
    [
      'a letter changed',
      rewritten(shouted),
      /^altered: channel 0, event 5, at 0:00:02\.003000: it is not what was sealed/,
    ],
    [
      'a letter changed and the chain computed anew',
      rewritten(shouted, { anew: true }),
      /^altered: .*not what was signed/,
    ],
    ['times shifted', rewritten(later), /^altered: channel 0, event 201, at .*1: it is not what was sealed/],
    ['times shifted and the chain computed anew', rewritten(later, { anew: true }), /^altered: .*not what was signed/],
    [
      'a frame taken out of the middle',
      (files) => {
        const [first, , ...rest] = [...decodeFrames(files.get('channels/0/frames-0')!, 0)]
        files.set('channels/0/frames-0', Buffer.concat([first!, ...rest].map(encodeFrame)))
      },
      /^altered: channel 0, event 40: events are missing/,
    ],
    [
      'events taken out of the middle and the chain computed anew',
      rewritten((events) => events.toSpliced(40, 40), { anew: true }),
      /^altered: .*not what was signed/,
    ],
    ['the end cut off', rewritten((events) => events.slice(0, 280)), /^altered: .*events are missing/],
    [
      'the end cut off, and its closing taken away',
      (files) => {
        rewritten((events) => events.slice(0, 280))(files)
        logEdited((log) => ({ ...log, statements: log.statements.slice(0, 1) }))(files)
      },
      /^altered: neither its end nor a checkpoint is signed/,
    ],
    [
      'the last channel taken away',
      (files) => ['channels/2/salts', 'channels/2/frames-0'].map((name) => files.delete(name)),
      /^altered: a channel is missing/,
    ],
    [
      'the frames of another session',
      fromOther('channels/0/frames-0', 'channels/0/salts'),
      /^altered: channel 0, event 0/,
    ],
    ['the statements of another session', fromOther('log.json'), /^altered: channel 0, event 0, .*not what was sealed/],
    [
      'another person',
      edited('session.json', (text) => text.replace('"staff": "ivan"', '"staff": "petr"')),
      /^altered: session\.json does not say what was signed and recorded/,
    ],
    [
      'fewer keystrokes, which are billed',
      edited('session.json', (text) => text.replace(/"keystrokes": \d+/, '"keystrokes": 1')),
      /^altered: session\.json does not say what was signed and recorded/,
    ],
    [
      'the same twice in one document',
      edited('session.json', (text) => text.replace('"format": 1', '"format": 1,\n  "format": 1')),
      /^altered: session\.json does not say/,
    ],
    [
      'an opening in the name of another, by somebody without the key',
      logEdited((log) => {
        const [opening, ...rest] = log.statements
        const { payload } = readStatement(opening!.statement)!
        const forger = createSigner(generateKeyPairSync('ed25519').privateKey)
        const statement = forger.sign('opening', { ...payload, staff: { id: 's', login: 'petr' } })
        return { ...log, statements: [{ ...opening!, statement }, ...rest] }
      }),
      /^altered: nothing proves that entry \d+ stands in the log of sessions/,
    ],
    [
      'a head of somebody without the key',
      logEdited((log) => {
        const forger = createSigner(generateKeyPairSync('ed25519').privateKey)
        return { ...log, head: forger.sign('tree-head', readStatement(log.head)!.payload) }
      }),
      /^altered: the tree-head statement is signed by a key that no gateway has/,
    ],
    [
      'another proof',
      logEdited((log) => ({ ...log, statements: log.statements.map((each) => ({ ...each, proof: [] })) })),
      /^altered: nothing proves that entry \d+ stands in the log of sessions/,
    ],
    [
      'a file more',
      (files) => files.set('notes.txt', Buffer.from('trust me')),
      /^altered: notes\.txt does not belong where it stands/,
    ],
    [
      'a file more among those of a channel',
      (files) => {
        const entries = [...files]
        files.clear()
        for (const [name, content] of entries) {
          files.set(name, content)
          if (name === 'channels/0/frames-0') files.set('channels/0/notes', content)
        }
      },
      /^altered: channels\/0\/notes does not belong where it stands/,
    ],
    [
      'events that cannot be read, in a chain that fits',
      rewritten((events) => events.map((event) => (event.seq === 3 ? { ...event, kind: 'file' as const } : event)), {
        anew: true,
      }),
      /^altered: channel 0, event 3, .*what it says cannot be read/,
    ],
  ])('with %s is altered', async (_, attack, verdict) => {
    const files = new Map(original)
    attack(files)
    expect(await dossierVerdict(archive([...files]))).toMatch(verdict)
  })

  it.each<readonly [string, Attack]>([
    ['another task', edited('session.json', (text) => text.replace('"task": null', '"task": "ACME-1"'))],
    ['another verifier', edited('verify.mjs', () => 'console.log("intact")')],
    ['another text', edited('README.txt', () => 'Trust me.')],
  ])('with %s is not seen: that is not sealed', async (_, attack) => {
    const files = new Map(original)
    attack(files)
    expect(await dossierVerdict(archive([...files]))).toMatch(/intact: sealed/)
  })

  it('of an installation that somebody made up says so by its first key alone', async () => {
    const forged = await sealedWorld()
    await forged.signHead()
    const verdict = await dossierVerdict(await dossierOf(forged, forged.id))
    expect(verdict).toMatch(/intact: sealed/)
    expect(verdict).toContain(`whose first key is ${forged.key.keyId}\n`)
  })
})
