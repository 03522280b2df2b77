import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fingerprint } from '#gateway/access/fingerprint.ts'
import { readKeyTrust } from '#gateway/ssh/key-trust.ts'
import { string, wireMessage } from '#gateway/transport/wire.ts'
import { CertificateStand } from '#test/harness/certificate.ts'
import { newFidoKey } from '#test/harness/fido-key.ts'
import { addStaff, testGateway, type TestGateway } from '#test/harness/gateway.ts'
import { trySigningIn } from '#test/harness/raw-client.ts'
import { needsProgram } from '#test/harness/requirement.ts'
import { newKey, newRsaKey, type TestKey } from '#test/harness/test-key.ts'

describe('signing in by certificate', needsProgram('ssh-keygen', 'openssh-client'), () => {
  let stand: CertificateStand
  let gateway: TestGateway
  let revokedKeys: string
  const key = newKey('ssh-ed25519')
  const rsa = newRsaKey(2048)
  beforeAll(async () => {
    stand = await CertificateStand.open()
    const authority = await stand.authority('ca')
    await stand.authority('other')
    const caFile = join(stand.directory, 'authorities')
    revokedKeys = join(stand.directory, 'revoked')
    await writeFile(caFile, `# ours\nssh-ed25519 ${authority.toString('base64')} ca\n`)
    await writeFile(revokedKeys, '')
    gateway = await testGateway({
      environment: { GATEBOOK_USER_CA_FILE: caFile, GATEBOOK_REVOKED_KEYS_FILE: revokedKeys },
    })
    await addStaff(gateway, gateway.directory, 'olga')
    await gateway.stores.staff.addKey(gateway.staff.id, { type: rsa.type, blob: rsa.blob, comment: '' }, 'test')
  })
  beforeEach(() => writeFile(revokedKeys, ''))
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]()
    await stand[Symbol.asyncDispose]()
  })

  function certify(...options: string[]): Promise<Buffer> {
    return stand.certify('ca', key, ...(options.includes('-n') ? [] : ['-n', 'ivan']), ...options)
  }

  /** What comes of it when the owner of `signer` shows this certificate. */
  function show(blob: Buffer, signer: Pick<TestKey, 'algorithm' | 'sign'> = key, algorithm = ED25519_CERTIFICATE) {
    return trySigningIn(gateway.sshPort, { algorithm, blob }, (signed) =>
      wireMessage(string(signer.algorithm), string(signer.sign(signed))),
    )
  }

  it('lets in the one person whose login is a principal', async () => {
    expect(await show(await certify())).toEqual({ letIn: true, said: '' })
    expect(await show(await certify('-n', 'root,ivan,ivan,Some Role'))).toEqual({ letIn: true, said: '' })
  })

  it.each([
    ['nobody', 'none of its principals is known here'],
    ['Ivan', 'none of its principals is known here'],
    ['ivan,olga', 'its principals are several people'],
  ])('for %s lets nobody in', async (principals, reason) => {
    const said = `gatebook: the certificate lets nobody in: ${reason}\r\n`
    expect(await show(await certify('-n', principals))).toEqual({ letIn: false, said })
  })

  it.each([
    ['another authority', () => stand.certify('other', key, '-n', 'ivan'), 'its authority is not trusted here'],
    ['a host', () => certify('-h'), 'it is not of a user'],
    ['yesterday', () => certify('-V', '-2d:-1d'), 'it is not valid any more'],
    ['tomorrow', () => certify('-V', '+1d:+2d'), 'it is not valid yet'],
    ['elsewhere', () => certify('-O', 'source-address=192.0.2.0/24'), 'it is not good from the address 127.0.0.1'],
  ])('of %s lets nobody in', async (_, certificate, reason) => {
    const said = `gatebook: the certificate lets nobody in: ${reason}\r\n`
    expect(await show(await certificate())).toEqual({ letIn: false, said })
  })

  it('works from an address that the certificate is good for', async () => {
    expect(await show(await certify('-O', 'source-address=127.0.0.0/8'))).toMatchObject({ letIn: true })
  })

  it('takes the certificate of nobody who has not its key', async () => {
    expect(await show(await certify(), newKey('ssh-ed25519'))).toMatchObject({ letIn: false })
  })

  it('takes a certificate cut anywhere for damaged, and asks on', async () => {
    const blob = await certify()
    const cuts = [0, 3, 4, 20, 36, 40, 68, 72, 100, 140, blob.length - 84, blob.length - 1]
    for (const cut of cuts) {
      const said = 'gatebook: the certificate is damaged\r\n'
      expect(await show(blob.subarray(0, cut)), `${cut} bytes`).toEqual({ letIn: false, said })
    }
  })

  it('by RSA works with SHA-2 and not with SHA-1', async () => {
    const blob = await stand.certify('ca', rsa, '-n', 'ivan')
    for (const algorithm of ['rsa-sha2-256', 'rsa-sha2-512'] as const) {
      const shown = await show(blob, rsa.with(algorithm), `${algorithm}-cert-v01@openssh.com`)
      expect(shown, algorithm).toMatchObject({ letIn: true })
    }
    expect(await show(blob, rsa.with('ssh-rsa'), 'ssh-rsa-cert-v01@openssh.com')).toMatchObject({ letIn: false })
  })

  it('by a FIDO key wants the touch', async () => {
    const fido = newFidoKey('sk-ssh-ed25519@openssh.com')
    const blob = await stand.certify('ca', fido, '-n', 'ivan', '-O', 'no-touch-required')
    const offered = { algorithm: 'sk-ssh-ed25519-cert-v01@openssh.com', blob }
    expect(await trySigningIn(gateway.sshPort, offered, (data) => fido.prove(data))).toMatchObject({ letIn: true })
    const untouched = trySigningIn(gateway.sshPort, offered, (data) => fido.prove(data, { flags: 0 }))
    expect(await untouched).toMatchObject({ letIn: false })
  })

  it('by a FIDO key wants the PIN where it says verify-required, and means nothing for other keys', async () => {
    const fido = newFidoKey('sk-ssh-ed25519@openssh.com')
    const blob = await stand.certify('ca', fido, '-n', 'ivan', '-O', 'verify-required')
    const offered = { algorithm: 'sk-ssh-ed25519-cert-v01@openssh.com', blob }
    const letIn = async (flags: number) =>
      (await trySigningIn(gateway.sshPort, offered, (data) => fido.prove(data, { flags }))).letIn
    expect([await letIn(1), await letIn(4), await letIn(5)]).toEqual([false, false, true])
    expect(await show(await certify('-O', 'verify-required'))).toMatchObject({ letIn: true })
  })

  it('ends with a line in the list of revoked keys, and so do plain keys; no restart is needed', async () => {
    const blob = await certify('-z', '7')
    await writeFile(revokedKeys, `serial: 7\n${fingerprint(rsa.blob)}\n`)
    const said = 'gatebook: the certificate lets nobody in: it is revoked\r\n'
    expect(await show(blob)).toEqual({ letIn: false, said })
    expect(await show(rsa.blob, rsa, rsa.algorithm)).toMatchObject({ letIn: false })
    await writeFile(revokedKeys, 'serial: 8\n')
    expect(await show(blob)).toMatchObject({ letIn: true })
    expect(await show(rsa.blob, rsa, rsa.algorithm)).toMatchObject({ letIn: true })
  })

  it('lets nobody in by what cannot be judged, and logs why', async () => {
    await writeFile(revokedKeys, 'nonsense\n')
    expect(await show(await certify())).toMatchObject({ letIn: false })
    expect(await show(rsa.blob, rsa, rsa.algorithm)).toMatchObject({ letIn: false })
    expect(gateway.logged).toContainEqual(expect.stringContaining('GATEBOOK_REVOKED_KEYS_FILE: line 1'))
  })

  it('of somebody disabled is refused', async () => {
    await gateway.stores.staff.setDisabled('olga', true, 'test')
    const said = 'gatebook: olga is disabled; ask an administrator\r\n'
    expect(await show(await certify('-n', 'olga'))).toEqual({ letIn: false, said })
    await gateway.stores.staff.setDisabled('olga', false, 'test')
  })
})

describe('a file of authorities', () => {
  it('that cannot be read is a mistake in the settings', async () => {
    const files = { userCaFile: '/nonexistent/ca', revokedKeysFile: undefined }
    await expect(readKeyTrust(files)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('GATEBOOK_USER_CA_FILE: it cannot be read') as string,
    })
  })
})

const ED25519_CERTIFICATE = 'ssh-ed25519-cert-v01@openssh.com'
