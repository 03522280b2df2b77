import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { message } from '#gateway/transport/message.ts'
import { testGateway, type TestGateway } from '#test/harness/gateway.ts'
import { signedRequest, strangerTo } from '#test/harness/raw-client.ts'
import {
  codeRequest,
  enrol,
  giveCode,
  halfIn,
  refusal,
  said,
  STRANGERS_METHODS,
  type Authenticator,
} from '#test/harness/second-factor.ts'
import { stillClock } from '#test/harness/still-clock.ts'
import { newKey } from '#test/harness/test-key.ts'

const key = newKey('ssh-ed25519')
const clock = stillClock()
let gateway: TestGateway
let app: Authenticator

async function begin(environment: Readonly<Record<string, string>>): Promise<void> {
  gateway = await testGateway({ clock, environment })
  await gateway.stores.staff.addKey(gateway.staff.id, { type: key.type, blob: key.blob, comment: '' }, 'test')
}
afterEach(() => gateway[Symbol.asyncDispose]())
const half = (from?: string) => halfIn(gateway.sshPort, key, from)

describe('a right code', () => {
  it('is asked for each time, unless the settings say otherwise', async () => {
    await begin({})
    app = await enrol(gateway, gateway.staff, clock)
    using peer = await half()
    await giveCode(peer, app.code())
    await peer.next(message.userauthSuccess)
    using again = await half()
    expect(again.count(message.userauthSuccess)).toBe(0)
  })

  it('is remembered for its time and its address, over a restart of the gateway too', async () => {
    await begin({ GATEBOOK_TOTP_REMEMBER_S: '60' })
    app = await enrol(gateway, gateway.staff, clock)
    using peer = await half()
    await giveCode(peer, app.code())
    await peer.next(message.userauthSuccess)
    const comesIn = async () => {
      using again = await strangerTo(gateway.sshPort)
      again.send(signedRequest(again, 'web1.acme', key))
      const accepted = again.next(message.userauthSuccess).then(() => true)
      return await Promise.race([accepted, again.next(message.userauthFailure).then(() => false)])
    }
    expect(await comesIn()).toBe(true)
    using _elsewhere = await half('127.0.0.2')
    gateway = await gateway.restart()
    clock.pass(60)
    expect(await comesIn()).toBe(true)
    clock.pass(0.001)
    expect(await comesIn()).toBe(false)
  })
})

describe('where a second factor is required of everybody', () => {
  beforeEach(() => begin({ GATEBOOK_TOTP_REQUIRED: 'yes' }))

  it('nobody comes in by a key alone, and is told what to do', async () => {
    using peer = await strangerTo(gateway.sshPort)
    peer.send(signedRequest(peer, 'web1.acme', key))
    expect(await refusal(peer)).toEqual(STRANGERS_METHODS)
    expect(await said(peer)).toBe(
      'gatebook: ivan needs a second factor here; an administrator sets it up with: gatebook staff totp ivan\r\n',
    )
    peer.send(codeRequest())
    expect(await refusal(peer)).toEqual(STRANGERS_METHODS)
  })

  it('nobody learns who has none without the key', async () => {
    using peer = await strangerTo(gateway.sshPort)
    peer.send(signedRequest(peer, 'web1.acme', key, Buffer.from('forged')))
    expect(await refusal(peer)).toEqual(STRANGERS_METHODS)
    expect(peer.count(message.userauthBanner)).toBe(0)
  })

  it('whoever has one comes in', async () => {
    app = await enrol(gateway, gateway.staff, clock)
    using peer = await half()
    await giveCode(peer, app.code())
    await peer.next(message.userauthSuccess)
  })
})
