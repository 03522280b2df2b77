import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { message } from '#gateway/transport/message.ts'
import { boolean, string, uint32, wireMessage } from '#gateway/transport/wire.ts'
import { testGateway, type TestGateway } from '#test/harness/gateway.ts'
import { rawClient, signedInClient, signedRequest, strangerTo } from '#test/harness/raw-client.ts'
import type { RawPeer } from '#test/harness/raw-peer.ts'
import { ecdsaSignature, newKey, newRsaKey, type TestKey } from '#test/harness/test-key.ts'

let gateway: TestGateway
const ed25519 = newKey('ssh-ed25519')
const rsa = newRsaKey(2048)
const ecdsa = [newKey('ecdsa-sha2-nistp256'), newKey('ecdsa-sha2-nistp384'), newKey('ecdsa-sha2-nistp521')]

async function addStaff(login: string, ...keys: readonly TestKey[]) {
  const person = { login, name: login, email: `${login}@example.com`, roles: ['engineer' as const] }
  await gateway.stores.staff.add(
    person,
    keys.map(({ type, blob }) => ({ type, blob, comment: '' })),
    'test',
  )
}

beforeAll(async () => {
  gateway = await testGateway()
  await addStaff('olga', ed25519, rsa, ...ecdsa)
})
afterAll(() => gateway[Symbol.asyncDispose]())

/** A client that may ask who it is. */
function stranger(): Promise<RawPeer> {
  return strangerTo(gateway.sshPort)
}

/** What the gateway offers after a refusal. */
async function refusal(peer: RawPeer): Promise<string> {
  return (await peer.next(message.userauthFailure)).text()
}

function request(...fields: Buffer[]): Buffer {
  return wireMessage(message.userauthRequest, string('web1.acme'), string('ssh-connection'), ...fields)
}

function query(key: Pick<TestKey, 'algorithm' | 'blob'>): Buffer {
  return request(string('publickey'), boolean(false), string(key.algorithm), string(key.blob))
}

describe('a proof of a key', () => {
  it.each([ed25519, rsa, rsa.with('rsa-sha2-256'), ...ecdsa])('by $algorithm lets its owner in', async (key) => {
    using peer = await signedInClient(gateway.sshPort, 'web1.acme', key)
    expect(peer.count(message.userauthFailure)).toBe(0)
  })

  it.each([ed25519, rsa, ...ecdsa])('by $algorithm is refused where the signature is forged', async (key) => {
    using peer = await stranger()
    const forged = key.sign(Buffer.from('something else'))
    peer.send(signedRequest(peer, 'web1.acme', key, forged))
    expect(await refusal(peer)).toBe('publickey')
  })

  it('is refused where another key signed', async () => {
    using peer = await stranger()
    const other = newKey('ssh-ed25519')
    peer.send(signedRequest(peer, 'web1.acme', { ...ed25519, sign: (data) => other.sign(data) }))
    expect(await refusal(peer)).toBe('publickey')
  })

  it('is refused where it was made for another connection', async () => {
    using first = await stranger()
    using second = await stranger()
    second.send(signedRequest(first, 'web1.acme', ed25519))
    expect(await refusal(second)).toBe('publickey')
  })

  it('is refused where it was made for another user name', async () => {
    using peer = await stranger()
    const other = signedRequest(peer, 'web2.acme', ed25519)
    peer.send(Buffer.from(other.toString('latin1').replace('web2.acme', 'web1.acme'), 'latin1'))
    expect(await refusal(peer)).toBe('publickey')
  })

  it('is refused where RSA signs with SHA-1', async () => {
    using peer = await stranger()
    peer.send(signedRequest(peer, 'web1.acme', rsa.with('ssh-rsa')))
    expect(await refusal(peer)).toBe('publickey')
  })

  it('is refused where the signature is of another algorithm than the request says', async () => {
    using peer = await stranger()
    const signing = rsa.with('rsa-sha2-256')
    peer.send(signedRequest(peer, 'web1.acme', { ...signing, algorithm: 'rsa-sha2-512' }))
    expect(await refusal(peer)).toBe('publickey')
    peer.send(signedRequest(peer, 'web1.acme', { ...ed25519, algorithm: 'rsa-sha2-512' }))
    expect(await refusal(peer)).toBe('publickey')
  })

  it('is refused where a key signs by the algorithm of another type of key', async () => {
    using peer = await stranger()
    const [p256 = ed25519] = ecdsa
    const sign = (data: Buffer) => ecdsaSignature('sha384', data, p256.privateKey)
    peer.send(signedRequest(peer, 'web1.acme', { ...p256, algorithm: 'ecdsa-sha2-nistp384', sign }))
    expect(await refusal(peer)).toBe('publickey')
  })

  it('is refused for RSA keys below 2048 bits and taken at 2048', async () => {
    const short = newRsaKey(2040)
    await addStaff('shorty', short)
    using peer = await stranger()
    peer.send(signedRequest(peer, 'web1.acme', short))
    expect(await refusal(peer)).toBe('publickey')
    using taken = await signedInClient(gateway.sshPort, 'web1.acme', rsa)
    expect(taken.count(message.userauthFailure)).toBe(0)
  })

  it.each([
    ['a point that is not on its curve', 'nistp256', Buffer.concat([Buffer.of(4), randomBytes(64)])],
    ['a compressed point', 'nistp256', Buffer.concat([Buffer.of(2), randomBytes(32)])],
    ['a curve of another name', 'nistp384', Buffer.concat([Buffer.of(4), randomBytes(64)])],
    ['an empty point', 'nistp256', Buffer.alloc(0)],
  ])('is refused for an ECDSA key with %s', async (name, curve, point) => {
    const blob = wireMessage(string('ecdsa-sha2-nistp256'), string(curve), string(point))
    const login = `bad${name.replaceAll(' ', '')}`.slice(0, 30)
    const key: TestKey = { ...newKey('ecdsa-sha2-nistp256'), blob }
    await addStaff(login, key)
    using peer = await stranger()
    peer.send(signedRequest(peer, 'web1.acme', key))
    expect(await refusal(peer)).toBe('publickey')
  })

  it('is refused with bytes behind the signature or none in it', async () => {
    using peer = await stranger()
    peer.send(signedRequest(peer, 'web1.acme', ed25519, Buffer.alloc(0)))
    expect(await refusal(peer)).toBe('publickey')
    peer.send(
      signedRequest(peer, 'web1.acme', {
        ...ed25519,
        sign: (data) => Buffer.concat([ed25519.sign(data), Buffer.of(0)]),
      }),
    )
    expect(await refusal(peer)).toBe('publickey')
  })

  it('is refused for somebody who is disabled, and says so', async () => {
    const key = newKey('ssh-ed25519')
    await addStaff('gone', key)
    await gateway.stores.staff.setDisabled('gone', true, 'test')
    using peer = await stranger()
    peer.send(signedRequest(peer, 'web1.acme', key))
    expect(await refusal(peer)).toBe('publickey')
    expect((await peer.next(message.userauthBanner)).text()).toContain('gone is disabled')
    peer.send(query(key))
    expect(await refusal(peer)).toBe('publickey')
  })
})

describe('a request to sign in', () => {
  it('about a known key is answered with the key and the algorithm as asked', async () => {
    using peer = await stranger()
    peer.send(query(rsa))
    const answer = await peer.next(message.userauthMethod60)
    expect([answer.text(), answer.string()]).toEqual(['rsa-sha2-512', rsa.blob])
  })

  it('without a signature never lets anybody in', async () => {
    using peer = await stranger()
    peer.send(query(ed25519))
    await peer.next(message.userauthMethod60)
    expect(peer.count(message.userauthSuccess)).toBe(0)
    peer.send(channelOpen())
    await expect(peer.next(message.channelOpenConfirmation)).rejects.toThrow('closed')
  })

  it.each([
    ['none', []],
    ['password', [boolean(false), string('secret')]],
    ['hostbased', [string('ssh-ed25519'), string(ed25519.blob), string('host'), string('root'), string('signature')]],
    ['keyboard-interactive', [string(''), string('')]],
    ['gssapi-with-mic', [uint32(0)]],
    ['no-such-method', []],
  ])('by %s is refused with the one method there is', async (method, fields) => {
    using peer = await stranger()
    peer.send(request(string(method), ...fields))
    expect(await refusal(peer)).toBe('publickey')
  })

  it('for another service than the connection is refused, however good its signature', async () => {
    using peer = await stranger()
    const head = wireMessage(message.userauthRequest, string('web1.acme'), string('ssh-userauth'))
    const unsigned = wireMessage(head, string('publickey'), boolean(true), string('ssh-ed25519'), string(ed25519.blob))
    const signature = ed25519.sign(Buffer.concat([string(peer.sessionId()), unsigned]))
    peer.send(unsigned, string(wireMessage(string('ssh-ed25519'), string(signature))))
    expect(await refusal(peer)).toBe('publickey')
  })

  it('that is cut anywhere before its signature ends the connection', async () => {
    const whole = async (peer: RawPeer) => signedRequest(peer, 'web1.acme', ed25519)
    using measure = await stranger()
    const length = (await whole(measure)).length
    const cuts = [1, 4, 5, 14, 17, 18, 32, 36, 45, 46, 50, 61, 62, 66, 116, 117, 121, length - 1]
    const said = await Promise.all(
      cuts.map(async (cut) => {
        using peer = await stranger()
        peer.send((await whole(peer)).subarray(0, cut))
        return await peer.closed
      }),
    )
    expect(new Set(said)).toEqual(new Set(['a message is shorter than it says']))
  })

  it('is answered twenty times, whatever it asks, and then no more', async () => {
    using peer = await stranger()
    for (let i = 0; i < 20; i++) {
      peer.send(i % 2 === 0 ? query(newKey('ssh-ed25519')) : request(string('none')))
      await refusal(peer)
    }
    peer.send(query(newKey('ssh-ed25519')))
    expect(await peer.closed).toBe('gatebook: too many keys were tried')
  })

  it('waits behind seven others, not behind eight', async () => {
    using patient = await stranger()
    patient.socket.cork()
    for (let i = 0; i < 8; i++) patient.send(query(newKey('ssh-ed25519')))
    patient.socket.uncork()
    for (let i = 0; i < 8; i++) await refusal(patient)
    using hasty = await stranger()
    hasty.socket.cork()
    for (let i = 0; i < 9; i++) hasty.send(query(newKey('ssh-ed25519')))
    hasty.socket.uncork()
    expect(await hasty.closed).toBe('too many requests at once')
  })

  it('is passed over when somebody is in already (RFC 4252 §5.1)', async () => {
    using peer = await signedInClient(gateway.sshPort, 'nobody', ed25519)
    peer.send(signedRequest(peer, 'root+web1.acme', ed25519))
    peer.send(request(string('none')))
    peer.send(message.globalRequest, string('keepalive@openssh.com'), boolean(true))
    await peer.next(message.requestFailure)
    expect(peer.count(message.userauthSuccess) + peer.count(message.userauthFailure)).toBe(0)
  })

  it('stamps the key that was used', async () => {
    using peer = await signedInClient(gateway.sshPort, 'nobody', ed25519)
    const owner = await gateway.stores.staff.byLogin('olga')
    const used = async () =>
      (await gateway.stores.staff.keys(owner?.id ?? '')).find(({ blob }) => blob.equals(ed25519.blob))?.lastUsedAt
    await expect.poll(used).toBeInstanceOf(Date)
    expect(peer.count(message.userauthFailure)).toBe(0)
  })
})

describe('before anybody has signed in', () => {
  it.each([message.globalRequest, message.channelOpen, message.channelData, message.channelRequest, 200])(
    'message %i ends the connection (RFC 4252 §6)',
    async (type) => {
      using peer = await stranger()
      peer.send(type, string('session'), uint32(0), uint32(1000), uint32(1000))
      expect(await peer.closed).toContain('before')
    },
  )

  it('no service but the sign-in is offered', async () => {
    using peer = await rawClient(gateway.sshPort)
    peer.requestService('ssh-connection')
    expect(await peer.closed).toBe('there is no service ssh-connection here')
  })

  it('a key that nobody is known by is explained once', async () => {
    using peer = await stranger()
    for (let i = 0; i < 3; i++) {
      peer.send(query(newKey('ssh-ed25519')))
      await refusal(peer)
    }
    expect(peer.count(message.userauthBanner)).toBe(1)
  })
})

function channelOpen(): Buffer {
  return wireMessage(message.channelOpen, string('session'), uint32(0), uint32(1000), uint32(1000))
}
