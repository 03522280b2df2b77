import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { base32 } from '#gateway/access/otpauth-uri.ts'
import { message } from '#gateway/transport/message.ts'
import { boolean, string, uint32, wireMessage } from '#gateway/transport/wire.ts'
import { testGateway, type TestGateway } from '#test/harness/gateway.ts'
import { askForSession, confirmed, signedRequest, strangerTo } from '#test/harness/raw-client.ts'
import {
  codeAnswer,
  codeRequest,
  enrol,
  giveCode,
  halfIn,
  ONLY_THE_CODE,
  refusal,
  said,
  STRANGERS_METHODS,
  type Authenticator,
} from '#test/harness/second-factor.ts'
import { stillClock, type StillClock } from '#test/harness/still-clock.ts'
import { newKey } from '#test/harness/test-key.ts'

const key = newKey('ssh-ed25519')
let clock: StillClock
let gateway: TestGateway
let app: Authenticator

beforeEach(async () => {
  clock = stillClock()
  gateway = await testGateway({ clock })
  await gateway.stores.staff.addKey(gateway.staff.id, { type: key.type, blob: key.blob, comment: '' }, 'test')
  app = await enrol(gateway, gateway.staff, clock)
})
afterEach(() => gateway[Symbol.asyncDispose]())

const half = () => halfIn(gateway.sshPort, key)

describe('somebody with a second factor', () => {
  it('comes in by the key and the code, in this order (RFC 4252 §5.1, RFC 4256)', async () => {
    using peer = await half()
    peer.send(codeRequest())
    const question = await peer.next(message.userauthMethod60)
    const [name, instruction, language, count] = [question.text(), question.text(), question.text(), question.uint32()]
    expect([name, instruction, language, count]).toEqual(['', '', '', 1])
    expect([question.text(), question.boolean(), question.remaining]).toEqual(['gatebook code for ivan: ', false, 0])
    peer.send(codeAnswer(app.code()))
    await peer.next(message.userauthSuccess)
    askForSession(peer)
    expect(await confirmed(peer)).toBe(0)
  })

  it('comes in where all of that is sent at once', async () => {
    using peer = await strangerTo(gateway.sshPort)
    peer.send(signedRequest(peer, 'web1.acme', key))
    peer.send(codeRequest())
    peer.send(codeAnswer(app.code()))
    await peer.next(message.userauthSuccess)
  })

  it('is not in by the key alone', async () => {
    using peer = await half()
    expect(peer.count(message.userauthSuccess)).toBe(0)
    askForSession(peer)
    expect(await peer.closed).toBe('message 90 before the sign-in')
  })

  it('is not asked for the code before the key', async () => {
    using peer = await strangerTo(gateway.sshPort)
    peer.send(codeRequest())
    expect(await refusal(peer)).toEqual(STRANGERS_METHODS)
    peer.send(codeAnswer(app.code()))
    expect(await peer.closed).toBe('an answer to no question')
  })

  it('is not in by the code and a key that is only named', async () => {
    using peer = await strangerTo(gateway.sshPort)
    const fields = [string('publickey'), boolean(false), string(key.algorithm), string(key.blob)]
    peer.send(message.userauthRequest, string('web1.acme'), string('ssh-connection'), ...fields)
    await peer.next(message.userauthMethod60)
    peer.send(codeRequest())
    expect(await refusal(peer)).toEqual(STRANGERS_METHODS)
  })

  it('begins anew where the user name or the service changes in between (RFC 4252 §5)', async () => {
    for (const other of [codeRequest('web2.acme'), codeRequest('web1.acme', 'ssh-userauth')]) {
      using peer = await half()
      peer.send(other)
      expect(await refusal(peer)).toEqual(STRANGERS_METHODS)
      peer.send(codeRequest())
      expect(await refusal(peer)).toEqual(STRANGERS_METHODS)
    }
  })

  it('cannot be somebody else for the code', async () => {
    const other = newKey('ssh-ed25519')
    const person = { login: 'olga', name: 'Olga', email: 'o@example.com', roles: ['admin' as const] }
    const olga = await gateway.stores.staff.add(person, [{ ...other, comment: '' }], 'test')
    const hers = await enrol(gateway, olga, clock)
    using peer = await half()
    peer.send(signedRequest(peer, 'web1.acme', other))
    expect(await refusal(peer)).toEqual(ONLY_THE_CODE)
    await giveCode(peer, hers.code())
    expect(await refusal(peer)).toEqual(ONLY_THE_CODE)
    await giveCode(peer, app.code())
    await peer.next(message.userauthSuccess)
  })

  it.each(['none', 'password', 'hostbased', 'publickey'])(
    'gets no further by %s instead of the code',
    async (method) => {
      using peer = await half()
      peer.send(message.userauthRequest, string('web1.acme'), string('ssh-connection'), string(method), string(''))
      expect(await refusal(peer)).toEqual(ONLY_THE_CODE)
    },
  )

  it('has each code taken once, on whatever connection', async () => {
    using first = await half()
    using second = await half()
    await giveCode(first, app.code())
    await first.next(message.userauthSuccess)
    await giveCode(second, app.code())
    expect(await refusal(second)).toEqual(ONLY_THE_CODE)
    expect(await said(second)).toBe('gatebook: that code was used already; wait for the next one\r\n')
    clock.pass(30)
    await giveCode(second, app.code())
    await second.next(message.userauthSuccess)
  })

  it('has three tries on a connection', async () => {
    using peer = await half()
    for (let i = 0; i < 2; i++) {
      await giveCode(peer, app.wrongCode())
      expect(await refusal(peer)).toEqual(ONLY_THE_CODE)
      expect(await said(peer)).toMatch(/^gatebook: that code is wrong; /)
    }
    await giveCode(peer, app.wrongCode())
    expect(await peer.closed).toMatch(/^gatebook: that code is wrong; /)
  })

  it('has five tries on all connections together, and then waits, longer each time', async () => {
    for (let i = 0; i < 5; i++) {
      using peer = await half()
      await giveCode(peer, app.wrongCode())
      await refusal(peer)
    }
    using peer = await half()
    await giveCode(peer, app.code())
    expect(await said(peer)).toBe('gatebook: too many wrong codes; no code is taken for the next 30 s\r\n')
    clock.pass(30)
    await giveCode(peer, app.wrongCode())
    using again = await half()
    await giveCode(again, app.code())
    expect(await said(again)).toContain('for the next 60 s')
    clock.pass(60)
    await giveCode(again, app.code())
    await again.next(message.userauthSuccess)
  })

  it.each([
    ['no answer', codeAnswer()],
    ['two answers', codeAnswer('000000', '111111')],
    ['33 million answers in nine bytes', wireMessage(message.userauthInfoResponse, uint32(33e6), string(''))],
  ])('is refused with %s (RFC 4256 §3.4)', async (_, response) => {
    using peer = await half()
    peer.send(codeRequest())
    await peer.next(message.userauthMethod60)
    peer.send(response)
    expect(await refusal(peer)).toEqual(ONLY_THE_CODE)
  })

  it('answers each question once, and none that another request took the place of', async () => {
    using twice = await half()
    await giveCode(twice, app.wrongCode())
    twice.send(codeAnswer(app.code()))
    expect(await twice.closed).toBe('an answer to no question')
    using late = await half()
    late.send(codeRequest())
    await late.next(message.userauthMethod60)
    late.send(signedRequest(late, 'web1.acme', key))
    late.send(codeAnswer(app.code()))
    expect(await late.closed).toBe('an answer to no question')
  })

  it.each([
    ['a request', codeRequest().subarray(0, -5)],
    ['an answer', codeAnswer('123456').subarray(0, -1)],
  ])('ends the connection by %s that is cut', async (_, cut) => {
    using peer = await half()
    peer.send(codeRequest())
    await peer.next(message.userauthMethod60)
    peer.send(cut)
    expect(await peer.closed).toBe('a message is shorter than it says')
  })

  it.each([
    ['is disabled', () => gateway.stores.staff.setDisabled('ivan', true, 'test')],
    ['loses the second factor', () => gateway.stores.secondFactors.remove(gateway.staff.id, 'test')],
  ])('who %s meanwhile is not in by the code', async (_, act) => {
    using peer = await half()
    await act()
    await giveCode(peer, app.code())
    expect(await refusal(peer)).toEqual(ONLY_THE_CODE)
    expect(await said(peer)).toContain('the second factor is gone; connect again')
  })

  it('leaves no secret in the log', async () => {
    using peer = await half()
    await giveCode(peer, app.wrongCode())
    await refusal(peer)
    await giveCode(peer, app.code())
    await peer.next(message.userauthSuccess)
    const logged = gateway.logged.join('\n')
    expect(logged).toContain('ivan from 127.0.0.1 gave a code in vain: that code is wrong')
    for (const secret of [base32(app.secret), app.secret.toString('hex'), app.secret.toString('base64'), app.code()]) {
      expect(logged).not.toContain(secret)
    }
  })
})
