import { rename } from 'node:fs/promises'
import { PassThrough, Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { base32 } from '#gateway/access/otpauth-uri.ts'
import { totpCode, totpStep } from '#gateway/access/totp.ts'
import { systemClock } from '#gateway/clock.ts'
import { readMasterKey } from '#gateway/vault/master-key.ts'
import { createVault } from '#gateway/vault/seal.ts'
import { openTotpSecret } from '#gateway/vault/totp-secret.ts'
import { installation, publicKey, type Seen } from './installation.ts'

type Installation = Awaited<ReturnType<typeof installation>>

async function withIvan(): Promise<Installation> {
  const home = await installation()
  await home.gatebook(['staff', 'add', 'ivan', '--name', 'I', '--email', 'i@x', '--role', 'engineer', '--key', '-'], {
    stdin: publicKey,
  })
  return home
}

/** The secret as it is stored. */
async function storedSecret({ stores, dataDirectory }: Installation): Promise<Buffer | undefined> {
  const stored = await stores.secondFactors.anySealedSecret()
  const key = await readMasterKey(`${dataDirectory}/master.key`)
  return stored && openTotpSecret(createVault(key!), stored.staffId, stored.sealedSecret)
}

/** Runs `staff totp ivan` on a terminal of 80 columns; `type` is given what it shows and types what is answered. */
async function atTerminal(home: Installation, type: (shown: string) => string | undefined): Promise<Seen> {
  const keyboard = Object.assign(new PassThrough(), { isTTY: true })
  const errors = new PassThrough()
  let asked = ''
  let answered = 0
  let shown = ''
  errors.on('data', (chunk: Buffer) => {
    asked += chunk.toString()
    if (asked.split('Type the code').length - 1 === answered) return
    answered += 1
    const line = type(shown)
    if (line === undefined) keyboard.end()
    else keyboard.write(`${line}\n`)
  })
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80 })
  output.on('data', (chunk: Buffer) => (shown += chunk.toString()))
  const seen = await home.gatebook('staff totp ivan', { parts: { input: keyboard, output, errors } })
  return { ...seen, out: shown, err: asked }
}

const secretIn = (text: string) => /[?&]secret=([A-Z2-7]+)/.exec(text)?.[1] ?? ''

function codeFor(secret: string): string {
  const bits = Array.from(secret, (letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  ).join('')
  const bytes = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  return totpCode(bytes, totpStep(systemClock.now()))
}

describe('gatebook staff totp', () => {
  it('gives somebody a second factor, and shows its secret once', async () => {
    await using home = await withIvan()
    const seen = await home.gatebook('staff totp ivan')
    expect(seen).toMatchObject({ err: 'gatebook: ivan is asked for a code from now on\n', status: 0 })
    const secret = base32((await storedSecret(home))!)
    expect(seen.out).toBe(
      `otpauth://totp/Gatebook:ivan%40localhost?secret=${secret}&issuer=Gatebook\n` +
        `or type the secret: ${secret.replaceAll(/(.{4})(?=.)/g, '$1 ')}\n`,
    )
    for (const command of ['staff show ivan', 'staff show ivan --json', 'staff list', 'staff list --json']) {
      expect((await home.gatebook(command)).out).not.toContain(secret.slice(0, 8))
    }
    expect(await home.json('staff list')).toMatchObject([{ login: 'ivan', totpSince: expect.stringMatching(/Z$/) }])
    expect((await home.gatebook('staff show ivan')).out).toMatch(/^second factor\s+since \d{4}-/m)
  })

  it('gives it as JSON', async () => {
    await using home = await withIvan()
    const given = (await home.json('staff totp ivan')) as { uri: string; secret: string }
    expect(given).toEqual({
      login: 'ivan',
      uri: expect.stringContaining('otpauth://totp/'),
      secret: secretIn(given.uri),
    })
    expect(base32((await storedSecret(home))!)).toBe(given.secret)
  })

  it('takes it away again', async () => {
    await using home = await withIvan()
    await home.gatebook('staff totp ivan')
    const removed = await home.gatebook('staff totp ivan --remove')
    expect(removed).toEqual({ out: '', err: 'gatebook: ivan has no second factor any more\n', status: 0 })
    expect(await home.json('staff list')).toMatchObject([{ totpSince: null }])
    const again = await home.gatebook('staff totp ivan --remove')
    expect(again).toEqual({ out: '', err: 'gatebook: there is no second factor of ivan\n', status: 1 })
    expect((await home.gatebook('staff totp ivan --remove --json')).status).toBe(2)
    expect((await home.gatebook('staff totp iwan')).err).toContain('did you mean ivan?')
  })

  it('waits on a terminal for the first code, shows a QR code, and lets that code count once', async () => {
    await using home = await withIvan()
    const answers = ['123', (shown: string) => codeFor(secretIn(shown))]
    const seen = await atTerminal(home, (shown) => {
      const next = answers.shift()
      return typeof next === 'function' ? next(shown) : next
    })
    expect(seen).toMatchObject({ status: 0 })
    expect(seen.out).toMatch(/▀.*\n[^]*otpauth:/)
    expect(seen.err).toContain('gatebook: that is not its code')
    expect(base32((await storedSecret(home))!)).toBe(secretIn(seen.out))
    const [staff] = await home.stores.staff.list()
    const attempt = { staffId: staff!.id, sourceAddress: '::1', now: systemClock.now(), rememberS: 0 }
    let lastStep: number | undefined
    await home.stores.secondFactors.tryCode(attempt, (_, history) => {
      ;({ lastStep } = history)
      return { verdict: 'used' }
    })
    expect(Math.abs(totpStep(systemClock.now()) - (lastStep ?? 0))).toBeLessThanOrEqual(1)
  })

  it.each([
    ['three wrong codes', ['000000x', '', 'abc']],
    ['the end of the input', []],
  ])('changes nothing on a terminal after %s', async (_, answers) => {
    await using home = await withIvan()
    await home.gatebook('staff totp ivan')
    const before = await storedSecret(home)
    const left = [...answers]
    const seen = await atTerminal(home, () => left.shift())
    expect(seen.err).toMatch(/gatebook: no right code was typed; nothing has changed; begin again\n$/)
    expect([seen.status, left]).toEqual([1, []])
    expect(await storedSecret(home)).toEqual(before)
  })

  it.each([
    ['TERM', 'dumb'],
    ['LC_ALL', 'ru_RU.KOI8-R'],
  ])('draws no QR code where %s=%s', async (name, value) => {
    await using home = await withIvan()
    const environment = { DATABASE_URL: home.url, GATEBOOK_DATA: home.dataDirectory, [name]: value }
    const input = Readable.from([])
    const seen = await home.gatebook('staff totp ivan', { columns: 80, parts: { environment, input } })
    expect(seen.out).toMatch(/^otpauth:/)
    const drawn = await home.gatebook('staff totp ivan', { columns: 80 })
    expect(drawn.out).toContain('█')
  })

  it('leaves the host out where a QR code has no room for it', async () => {
    await using home = await withIvan()
    const host = `${'x'.repeat(60)}.example`
    const environment = { DATABASE_URL: home.url, GATEBOOK_DATA: home.dataDirectory, GATEBOOK_PUBLIC_SSH: host }
    const seen = await home.gatebook('staff totp ivan', { columns: 80, parts: { environment } })
    expect(seen.out).toContain('otpauth://totp/Gatebook:ivan?secret=')
  })

  it('is a secret that the master key must open: without it no other is made', async () => {
    await using home = await withIvan()
    await home.gatebook('staff totp ivan')
    await rename(`${home.dataDirectory}/master.key`, `${home.dataDirectory}/away`)
    const seen = await home.gatebook('staff totp ivan')
    expect(seen.status).toBe(1)
    expect(seen.err).toContain('is missing, and there are secrets that it sealed')
  })
})
