import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { whyRefused, type CertificateRules } from '#gateway/ssh/judge-certificate.ts'
import { RevokedKeys } from '#gateway/ssh/revoked-keys.ts'
import { readCertificate } from '#gateway/ssh/user-certificate.ts'
import { CertificateStand } from '#test/harness/certificate.ts'
import { newFidoKey } from '#test/harness/fido-key.ts'
import { needsProgram } from '#test/harness/requirement.ts'
import { newKey, newRsaKey } from '#test/harness/test-key.ts'

describe('a certificate of ssh-keygen', needsProgram('ssh-keygen', 'openssh-client'), () => {
  let stand: CertificateStand
  let authority: Buffer
  const key = newKey('ssh-ed25519')
  beforeAll(async () => {
    stand = await CertificateStand.open()
    authority = await stand.authority('ca')
    await stand.authority('other')
  })
  afterAll(() => stand[Symbol.asyncDispose]())

  function rules(change: Partial<CertificateRules> = {}): CertificateRules {
    const authorities = new Set([authority.toString('base64')])
    return { authorities, revoked: new RevokedKeys(''), now: new Date(), sourceAddress: '192.0.2.7', ...change }
  }

  /** Signed by the trusted authority for `ivan`; further options win. */
  function certify(...options: string[]): Promise<Buffer> {
    return stand.certify('ca', key, ...(options.includes('-n') ? [] : ['-n', 'ivan']), ...options)
  }

  function reasonFor(blob: Buffer, change: Partial<CertificateRules> = {}): string | undefined {
    return whyRefused(readCertificate(blob) ?? neverRead(), rules(change))
  }

  const made = [newKey('ecdsa-sha2-nistp256'), newKey('ecdsa-sha2-nistp384'), newKey('ecdsa-sha2-nistp521')]
  const fido = [newFidoKey('sk-ssh-ed25519@openssh.com'), newFidoKey('sk-ecdsa-sha2-nistp256@openssh.com')]
  it.each([key, ...made, newRsaKey(2048), ...fido])('for a key of type $type is good', async (certified) => {
    const options = ['-n', 'ivan,root', '-z', '17', '-V', '20260101000000Z:20360101000000Z']
    const certificate = readCertificate(await stand.certify('ca', certified, ...options)) ?? neverRead()
    expect(certificate.key).toEqual(certified.blob)
    expect(certificate).toMatchObject({ serial: 17n, kind: 1, keyId: 'test', principals: ['ivan', 'root'] })
    expect(whyRefused(certificate, rules())).toBeUndefined()
  })

  it.each([
    ['-t', 'ecdsa', '-b', '384'],
    ['-t', 'rsa', '-b', '3072'],
  ])('is good by an authority made with %s %s %s %s', async (...options) => {
    const name = options.join('')
    const authorities = new Set([(await stand.authority(name, ...options)).toString('base64')])
    expect(reasonFor(await stand.certify(name, key, '-n', 'ivan'), { authorities })).toBeUndefined()
  })

  it('is refused where an RSA authority signs with SHA-1', async () => {
    const authorities = new Set([(await stand.authority('rsa', '-t', 'rsa', '-b', '3072')).toString('base64')])
    const blob = await stand.certify('rsa', key, '-n', 'ivan', '-t', 'ssh-rsa')
    expect(reasonFor(blob, { authorities })).toBe('its signature is not good')
  })

  it('is refused where another authority signed it, whatever it says of that', async () => {
    const blob = await stand.certify('other', key, '-n', 'ivan')
    expect(reasonFor(blob)).toBe('its authority is not trusted here')
    const stranger = readCertificate(blob)?.authority ?? neverRead()
    const lie = Buffer.from(
      blob.toString('latin1').replace(stranger.toString('latin1'), authority.toString('latin1')),
      'latin1',
    )
    expect(reasonFor(lie)).toBe('its signature is not good')
  })

  it('is refused where it is of a host', async () => {
    expect(reasonFor(await certify('-h'))).toBe('it is not of a user')
  })

  it('is refused where it is good for everybody', async () => {
    expect(reasonFor(await stand.certify('ca', key))).toBe('it names no principal')
  })

  it('is good from its first second on, and at its last not any more', async () => {
    const blob = await certify('-V', '20260101000000Z:20260201000000Z')
    const at = (instant: string) => reasonFor(blob, { now: new Date(instant) })
    expect(at('2025-12-31T23:59:59.999Z')).toBe('it is not valid yet')
    expect(at('2026-01-01T00:00:00.000Z')).toBeUndefined()
    expect(at('2026-01-31T23:59:59.999Z')).toBeUndefined()
    expect(at('2026-02-01T00:00:00.000Z')).toBe('it is not valid any more')
  })

  it.each([
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.8', '192.0.2.7', false],
    ['10.0.0.0/8,192.0.2.0/24', '192.0.2.7', true],
    ['10.0.0.0/8,192.0.2.0/24', '192.0.3.7', false],
    ['2001:db8::/32', '2001:db8::7', true],
    ['2001:db8::/32', '192.0.2.7', false],
  ])('with source-address=%s from %s is good: %s', async (list, sourceAddress, good) => {
    const reason = reasonFor(await certify('-O', `source-address=${list}`), { sourceAddress })
    expect(reason).toBe(good ? undefined : `it is not good from the address ${sourceAddress}`)
  })

  it.each([
    ['force-command=/bin/true', 'it forces a command, and the gateway runs none'],
    ['critical:new@example.com=x', 'it has a critical option that is not known here: "new@example.com"'],
  ])('with the critical option %s is refused', async (option, reason) => {
    expect(reasonFor(await certify('-O', option))).toBe(reason)
  })

  it.each([
    ['serial: 17', true],
    ['serial: 18', false],
    ['serial: 17-20', true],
    ['serial: 10 - 17', true],
    ['serial: 10-16', false],
    ['serial: 18-18446744073709551615', false],
    ['id: test', true],
    ['id: tes', false],
  ])('is revoked by the line %j: %s', async (line, revoked) => {
    const blob = await certify('-z', '17')
    expect(reasonFor(blob, { revoked: new RevokedKeys(`# list\n\n${line}\n`) })).toBe(
      revoked ? 'it is revoked' : undefined,
    )
  })

  it('is revoked with its key, and with its authority', async () => {
    const blob = await certify()
    for (const revoked of [key.blob, authority]) {
      const line = `ssh-ed25519 ${revoked.toString('base64')} remark`
      expect(reasonFor(blob, { revoked: new RevokedKeys(line) })).toBe('it is revoked')
    }
  })

  it('is none where it is cut anywhere, or has a byte behind it', async () => {
    const blob = await certify('-O', 'source-address=192.0.2.0/24')
    for (let length = 0; length < blob.length; length++) {
      expect(readCertificate(blob.subarray(0, length)), `${length} bytes`).toBeUndefined()
    }
    expect(readCertificate(Buffer.concat([blob, Buffer.of(0)]))).toBeUndefined()
  })

  it('is refused where any byte of it is another', async () => {
    const blob = await certify()
    for (let at = 0; at < blob.length; at++) {
      const changed = Buffer.from(blob)
      changed.writeUInt8(changed.readUInt8(at) ^ 0x01, at)
      const certificate = readCertificate(changed)
      expect(certificate === undefined || whyRefused(certificate, rules()), `byte ${at}`).toBeTruthy()
    }
  })
})

function neverRead(): never {
  throw new Error('this certificate should be readable')
}

describe('a list of revoked keys', () => {
  it.each(['serial: x', 'serial: 1-2-3', 'serial: -1', 'hello', 'SHA256:short', 'id:'])(
    'is refused with the line %j',
    (line) => {
      expect(() => new RevokedKeys(`# first\n${line}`)).toThrow('line 2 of the revoked keys is no key')
    },
  )
})
