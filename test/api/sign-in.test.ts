import { describe, expect, it } from 'vitest'
import { asked, installation, newToken, ORIGIN, redeem } from './installation.ts'

describe('signing in with a one-time link', () => {
  it('answers with the person and sets a cookie that scripts and other sites cannot use', async () => {
    await using house = await installation()
    const answer = await redeem(house.api, await newToken(house.parts, house.principals.engineer))
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({ kind: 'staff', login: 'engineer', name: 'engineer', roles: ['engineer'] })
    expect(answer.headers['set-cookie']).toMatch(
      /^gatebook_session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/,
    )
  })

  it('marks the cookie Secure where the public address is https', async () => {
    await using house = await installation({ config: { publicUrl: 'https://gate.example', publicAddress: undefined } })
    const token = await newToken(house.parts, house.principals.owner)
    const answer = await house.api.inject({
      method: 'POST',
      url: '/api/v1/sign-in',
      headers: { origin: 'https://gate.example' },
      payload: { token },
    })
    expect(answer.json()).toEqual({ kind: 'client-user', client: 'acme', role: 'owner' })
    expect(answer.headers['set-cookie']).toContain('; Secure')
  })

  it('works once', async () => {
    await using house = await installation()
    const token = await newToken(house.parts, house.principals.engineer)
    expect((await redeem(house.api, token)).statusCode).toBe(200)
    expect((await redeem(house.api, token)).statusCode).toBe(401)
  })

  it('works once even for two at the same moment', async () => {
    await using house = await installation()
    const token = await newToken(house.parts, house.principals.engineer)
    const answers = await Promise.all([redeem(house.api, token), redeem(house.api, token)])
    expect(answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b)).toEqual([200, 401])
  })

  it.each([
    [59_999, 200],
    [60_000, 401],
  ])('after %i ms answers %i', async (passedMs, status) => {
    await using house = await installation()
    const token = await newToken(house.parts, house.principals.engineer)
    house.clock.pass(passedMs)
    expect((await redeem(house.api, token)).statusCode).toBe(status)
  })

  it('refuses a person who was disabled since the link was made', async () => {
    await using house = await installation()
    const token = await newToken(house.parts, house.principals.engineer)
    await house.stores.staff.setDisabled('engineer', true, 'test')
    const answer = await redeem(house.api, token)
    expect([answer.statusCode, answer.headers['set-cookie']]).toEqual([401, undefined])
  })

  it('lets an address wait after twenty failures, for a minute', async () => {
    await using house = await installation()
    for (let attempt = 0; attempt < 20; attempt += 1) {
      expect((await redeem(house.api, 'guess')).statusCode).toBe(401)
    }
    const token = await newToken(house.parts, house.principals.engineer)
    expect((await redeem(house.api, token)).statusCode).toBe(429)
    const elsewhere = { method: 'POST', url: '/api/v1/sign-in', headers: { origin: ORIGIN } } as const
    const other = await house.api.inject({ ...elsewhere, remoteAddress: '192.0.2.9', payload: { token: 'guess' } })
    expect(other.statusCode).toBe(401)
    house.clock.pass(60_000)
    expect((await redeem(house.api, await newToken(house.parts, house.principals.engineer))).statusCode).toBe(200)
  })
})

describe('a web session', () => {
  it.each([
    [12 * 60 * 60 * 1000 - 1, 200],
    [12 * 60 * 60 * 1000, 401],
  ])('after %i ms answers %i', async (passedMs, status) => {
    await using house = await installation()
    const cookie = await house.signIn('owner')
    house.clock.pass(passedMs)
    expect((await house.api.inject(asked('GET', '/me', cookie))).statusCode).toBe(status)
  })

  it('ends with sign-out, on the server too', async () => {
    await using house = await installation()
    const cookie = await house.signIn('owner')
    const answer = await house.api.inject(asked('POST', '/sign-out', cookie))
    expect([answer.statusCode, answer.body]).toEqual([204, ''])
    expect(answer.headers['set-cookie']).toMatch(/^gatebook_session=; Max-Age=0; Path=\//)
    expect((await house.api.inject(asked('GET', '/me', cookie))).statusCode).toBe(401)
  })

  it('ends when the person is disabled, and stays ended when they are enabled again', async () => {
    await using house = await installation()
    const cookie = await house.signIn('engineer')
    await house.stores.staff.setDisabled('engineer', true, 'test')
    expect((await house.api.inject(asked('GET', '/me', cookie))).statusCode).toBe(401)
    await house.stores.staff.setDisabled('engineer', false, 'test')
    expect((await house.api.inject(asked('GET', '/me', cookie))).statusCode).toBe(401)
  })

  it('stays ended even if nobody used it while the person was disabled', async () => {
    await using house = await installation()
    const cookie = await house.signIn('engineer')
    for (const disabled of [true, false]) await house.stores.staff.setDisabled('engineer', disabled, 'test')
    expect((await house.api.inject(asked('GET', '/me', cookie))).statusCode).toBe(401)
  })

  it('gives way to the next one of the same browser', async () => {
    await using house = await installation()
    const before = await house.signIn('engineer')
    const token = await newToken(house.parts, house.principals.admin)
    const answer = await house.api.inject({ ...asked('POST', '/sign-in', before), payload: { token } })
    expect(answer.json()).toMatchObject({ login: 'admin' })
    expect((await house.api.inject(asked('GET', '/me', before))).statusCode).toBe(401)
  })

  it('is refused for a cookie nobody was given', async () => {
    await using house = await installation()
    expect((await house.api.inject(asked('GET', '/me', 'x'.repeat(43)))).statusCode).toBe(401)
  })
})
