import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dossierVerification } from '#shared/seal.ts'
import type { ProgramParts } from '#gateway/command-line/program-parts.ts'
import { sealedInstallation } from './sealed-installation.ts'

/** What `npm run build` makes, and goes into each archive. */
const SCRIPT = 'dist/verify.mjs'

let home: Awaited<ReturnType<typeof sealedInstallation>>
let file: string
beforeEach(async () => {
  home = await sealedInstallation()
  await home.signHead()
  file = join(home.dataDirectory, 'work.zip')
  await writeFile(file, await exported(`session export ${home.ids[0].slice(0, 13)} --format zip`))
})
afterEach(() => home[Symbol.asyncDispose]())

async function exported(command: string): Promise<Buffer> {
  const pieces: Buffer[] = []
  const output = new Writable({
    write(chunk: Buffer, _, done) {
      pieces.push(chunk)
      done()
    },
  })
  const seen = await home.gatebook(command, { parts: { readVerifier: () => readFile(SCRIPT), output } })
  if (seen.status !== 0) throw new Error(seen.err)
  return Buffer.concat(pieces)
}

/** Somebody elsewhere: no gateway, no database, no environment. */
function script(...args: readonly string[]): Promise<{ out: string; err: string; status: number }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [SCRIPT, ...args], { env: {} }, (error, out, err) =>
      resolve({ out, err, status: error === null ? 0 : Number(error.code) }),
    )
  })
}

/** `gatebook verify` where nothing is installed. */
const offline: Partial<ProgramParts> = {
  environment: {},
  openStores: () => Promise.reject(new Error('nobody needs a database here')),
}

async function bothSay(...args: readonly string[]): Promise<{ out: string; err: string; status: number }> {
  const [one, other] = [await script(...args), await home.gatebook(['verify', ...args], { parts: offline })]
  const { out, err, status } = other
  expect(one).toEqual({ out, err, status })
  return one
}

describe('a session exported as zip', () => {
  it('is intact in the words of gatebook verify and of the script alike, without a gateway', async () => {
    const seen = await bothSay(file)
    expect(seen).toMatchObject({ err: '', status: 0 })
    expect(await home.stores.auditTrail.list({ limit: 1 })).toMatchObject([
      { action: 'session.view', subject: `session:${home.ids[0]}`, detail: { by: 'session export zip' } },
    ])
    expect(seen.out).toContain(`${home.ids[0]}  intact: sealed, verified to 0:02:00.000000 (2 channels, 13 events`)
    const json = await bothSay(file, '--json')
    expect(dossierVerification.strict().parse(JSON.parse(json.out))).toMatchObject({
      session: home.ids[0],
      verdict: 'intact',
      head: { size: 5, isKept: false },
    })
  })

  it('brings the script that verifies it', async () => {
    const bytes = await readFile(file)
    expect(bytes.includes(await readFile(SCRIPT))).toBe(true)
  })

  it('is proven under a head of a file that somebody kept', async () => {
    await home.record('2026-11-23T15:00:00Z')
    const kept = join(home.dataDirectory, 'kept')
    await writeFile(kept, await readFile(home.heads))
    await home.signHead()
    await writeFile(file, await exported(`session export ${home.ids[0]} --format zip --head ${kept}`))
    const seen = await bothSay(file, '--head', kept)
    expect(seen.out).toMatch(/proven under the head of 5 entries, and kept outside/)
    expect(seen).toMatchObject({ err: `gatebook: 1 line of ${kept} is no tree head\n`, status: 0 })
    await writeFile(file, await exported(`session export ${home.ids[0]} --format zip`))
    expect(await bothSay(file, '--head', kept)).toMatchObject({
      out: '',
      err: expect.stringMatching(/^gatebook: .*none of these tree heads is the one of 7 entries/s),
      status: 1,
    })
  })

  it('is altered where a byte of it is another one', async () => {
    const bytes = await readFile(file)
    const at = bytes.indexOf('channels/0/frames-0') + 80
    await writeFile(file, bytes.with(at, bytes[at]! ^ 1))
    expect(await bothSay(file)).toEqual({
      out: `${file}  altered: bytes of channels/0/frames-0 in the archive were changed\n`,
      err: '',
      status: 1,
    })
    expect(JSON.parse((await bothSay(file, '--json')).out)).toMatchObject({ verdict: 'altered', session: null })
  })

  it.each([
    ['no-such.zip', /cannot read no-such\.zip: ENOENT/],
    ['./test', /cannot read \.\/test: it is no file/],
  ])('is not %s', async (name, message) => {
    const seen = await bothSay(name)
    expect(seen).toMatchObject({ out: '', status: 1 })
    expect(seen.err).toMatch(message)
  })

  it.each([
    ['session export ID --format zip --channel 0', /a zip proves all of a session/, 2],
    ['session export ID --head heads', /--head is for --format zip/, 2],
    ['session export 01a2b3c4 --format zip', /there is no session 01a2b3c4/, 1],
  ])('%s is refused', async (command, message, status) => {
    const seen = await home.gatebook(command.replace('ID', home.ids[0]))
    expect(seen).toMatchObject({ out: '', status })
    expect(seen.err).toMatch(message)
  })

  it('does not go to a terminal', async () => {
    const seen = await home.gatebook(`session export ${home.ids[0]} --format zip`, { columns: 80 })
    expect(seen).toMatchObject({ out: '', status: 1 })
    expect(seen.err).toMatch(/a zip is nothing for a terminal/)
  })
})

describe('the one-file verifier', () => {
  it('says how it is used, and exits 2', async () => {
    for (const args of [[], ['a.zip', 'b.zip'], ['a.zip', '--mend']]) {
      const seen = await script(...args)
      expect(seen).toMatchObject({ out: '', status: 2 })
      expect(seen.err).toMatch(/^usage: node verify\.mjs FILE\.zip/)
    }
  })

  it('needs nothing but Node', async () => {
    const imports = (await readFile(SCRIPT, 'utf8')).matchAll(/^(?:import .* from|import) "(.*)";$/gm)
    const modules = [...imports].map(([, name]) => name!)
    expect(modules.length).toBeGreaterThan(3)
    expect(modules.filter((name) => !name.startsWith('node:'))).toEqual([])
  })
})
