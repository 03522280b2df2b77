import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fingerprint } from '#gateway/access/fingerprint.ts'
import { auditEvent } from '#gateway/storage/schema-access.ts'
import { message } from '#gateway/transport/message.ts'
import { boolean, string } from '#gateway/transport/wire.ts'
import { CertificateStand } from '#test/harness/certificate.ts'
import { testGateway, type TestGateway } from '#test/harness/gateway.ts'
import { keygen } from '#test/harness/key-file.ts'
import { signedRequest, strangerTo } from '#test/harness/raw-client.ts'
import { newKey, type TestKey } from '#test/harness/test-key.ts'

const HERE = '127.0.0.1'
const ELSEWHERE = '127.0.0.2'
const key = newKey('ssh-ed25519')
let gateway: TestGateway

beforeEach(async () => {
  gateway = await testGateway()
  await gateway.stores.staff.addKey(gateway.staff.id, { type: key.type, blob: key.blob, comment: '' }, 'test')
  await gateway.stores.staff.set('ivan', { from: ['192.0.2.0/24', HERE] }, 'test')
})
afterEach(() => gateway[Symbol.asyncDispose]())

/** Whether the gateway would take a signature by the key, and what it says. */
async function offer({ algorithm, blob }: Pick<TestKey, 'algorithm' | 'blob'>, from: string) {
  using peer = await strangerTo(gateway.sshPort, from)
  const fields = [string('publickey'), boolean(false), string(algorithm), string(blob)]
  peer.send(message.userauthRequest, string('web1.acme'), string('ssh-connection'), ...fields)
  const welcome = peer.next(message.userauthMethod60).then(() => true)
  const isWelcome = await Promise.race([welcome, peer.next(message.userauthFailure).then(() => false)])
  const said = peer.count(message.userauthBanner) > 0 ? (await peer.next(message.userauthBanner)).text() : ''
  return { isWelcome, said }
}

async function audited(): Promise<readonly unknown[]> {
  const rows = await gateway.database.database.read((queries) => queries.select().from(auditEvent))
  return rows.filter(({ action }) => action === 'staff.from-elsewhere')
}

describe('a key of somebody who may come from some addresses only', () => {
  it('is good from one of them', async () => {
    expect(await offer(key, HERE)).toEqual({ isWelcome: true, said: '' })
    expect(await audited()).toEqual([])
  })

  it('is refused from elsewhere like one that nobody is known by, however good the signature', async () => {
    const unknown = newKey('ssh-ed25519')
    const [theirs, nobodys] = [await offer(key, ELSEWHERE), await offer(unknown, ELSEWHERE)]
    expect(theirs.isWelcome).toBe(false)
    expect(theirs.said.replace(fingerprint(key.blob), '')).toBe(nobodys.said.replace(fingerprint(unknown.blob), ''))
    using peer = await strangerTo(gateway.sshPort, ELSEWHERE)
    peer.send(signedRequest(peer, 'web1.acme', key))
    expect((await peer.next(message.userauthFailure)).text()).toBe('publickey')
  })

  it('is told of in the log and on the audit trail, once for each place in a while', async () => {
    for (const from of [ELSEWHERE, ELSEWHERE, '127.0.0.3', ELSEWHERE]) await offer(key, from)
    const told = (from: string) =>
      `${from} offered the key ${fingerprint(key.blob)} of ivan, who may not come from there: refused`
    expect(gateway.logged.filter((line) => line.includes('may not come'))).toEqual([told(ELSEWHERE), told('127.0.0.3')])
    await expect.poll(audited).toMatchObject(
      [ELSEWHERE, '127.0.0.3'].map((sourceAddress) => ({
        actor: 'gateway',
        subject: 'staff:ivan',
        detail: { sourceAddress, key: fingerprint(key.blob) },
      })),
    )
  })

  it('is refused from elsewhere in a certificate, too', async () => {
    await using stand = await CertificateStand.open()
    await stand.authority('ca')
    await gateway[Symbol.asyncDispose]()
    gateway = await testGateway({ environment: { GATEBOOK_USER_CA_FILE: `${stand.directory}/ca.pub` } })
    await gateway.stores.staff.set('ivan', { from: [HERE] }, 'test')
    const pair = await keygen(`${stand.directory}/ivan`, '-t', 'ed25519')
    const blob = await stand.certify('ca', pair, '-n', 'ivan', '-V', '-1m:+1h')
    const certificate = { algorithm: 'ssh-ed25519-cert-v01@openssh.com', blob }
    expect(await offer(certificate, HERE)).toMatchObject({ isWelcome: true })
    expect(await offer(certificate, ELSEWHERE)).toMatchObject({ isWelcome: false })
  })

  it('is good from anywhere again when the list is taken away', async () => {
    await gateway.stores.staff.set('ivan', { from: [] }, 'test')
    expect(await offer(key, ELSEWHERE)).toMatchObject({ isWelcome: true })
  })
})

describe('somebody inside', () => {
  it.each([
    [
      'may not come from there any more',
      () => gateway.stores.staff.set('ivan', { from: ['192.0.2.0/24'] }, 'test'),
      /^gatebook: ivan may not come from this address any more; .*gatebook staff set ivan --from 192\.0\.2\.0\/24,ADDRESS$/,
    ],
    [
      'is disabled',
      () => gateway.stores.staff.setDisabled('ivan', true, 'test'),
      /^gatebook: ivan is disabled; ask an administrator/,
    ],
  ])('who %s is seen out, without any session too', async (_, act, reason) => {
    using peer = await strangerTo(gateway.sshPort)
    peer.send(signedRequest(peer, 'ivan', key))
    await peer.next(message.userauthSuccess)
    await act()
    expect(await peer.closed).toMatch(reason)
  })

  it('stays while others are sent away and the list still has the address', async () => {
    using peer = await strangerTo(gateway.sshPort)
    peer.send(signedRequest(peer, 'ivan', key))
    await peer.next(message.userauthSuccess)
    const other = newKey('ssh-ed25519')
    const person = { login: 'olga', name: 'Olga', email: 'o@example.com', roles: ['admin' as const] }
    await gateway.stores.staff.add(person, [{ ...other, comment: '' }], 'test')
    using hers = await strangerTo(gateway.sshPort)
    hers.send(signedRequest(hers, 'olga', other))
    await hers.next(message.userauthSuccess)
    await gateway.stores.staff.set('ivan', { from: ['127.0.0.0/8'] }, 'test')
    await gateway.stores.staff.set('olga', { from: ['192.0.2.1'] }, 'test')
    await hers.closed
    peer.send(message.globalRequest, string('keepalive@openssh.com'), boolean(true))
    await peer.next(message.requestFailure)
  })
})
