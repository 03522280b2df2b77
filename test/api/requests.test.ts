import { describe, expect, it } from 'vitest'
import { problem } from '#shared/api.ts'
import { GatewayError } from '#gateway/errors.ts'
import { isOwnOrigin } from '#gateway/api/own-origin.ts'
import { asked, installation, ORIGIN, sharedInstallation } from './installation.ts'

describe('a changing request', () => {
  const installed = sharedInstallation()

  it.each([
    ['from our own page', ORIGIN, 'localhost:8080', 'http://localhost:8080', true],
    ['from our own page behind a proxy', 'https://gate.example', '10.0.0.1:8080', 'https://gate.example', true],
    ['to the loopback by another name', 'http://127.0.0.1:8080', '127.0.0.1:8080', 'http://localhost:8080', true],
    ['through a tunnel', 'http://localhost:9000', 'localhost:9000', 'https://gate.example', true],
    ['to the loopback of IPv6', 'http://[::1]:8080', '[::1]:8080', 'https://gate.example', true],
    ['from another port of the loopback', 'http://localhost:3000', 'localhost:8080', 'http://localhost:8080', false],
    ['from another site', 'https://evil.example', 'gate.example', 'https://gate.example', false],
    ['from a name bound to the loopback', 'http://evil.example:8080', 'evil.example:8080', ORIGIN, false],
    ['from a sandbox', 'null', 'localhost:8080', 'http://localhost:8080', false],
    ['without an origin', undefined, 'localhost:8080', 'http://localhost:8080', false],
  ] as const)('%s is judged by its origin', (...[, origin, host, publicUrl, expected]) => {
    expect(isOwnOrigin(origin, host, publicUrl)).toBe(expected)
  })

  it('of another site changes nothing', async () => {
    await using house = await installation()
    const cookie = await house.signIn('owner')
    const request = asked('POST', '/sign-out', cookie)
    const refused = await house.api.inject({ ...request, headers: { origin: 'https://evil.example' } })
    expect([refused.statusCode, refused.json().type]).toEqual([403, 'urn:gatebook:problem:foreign-origin'])
    expect((await house.api.inject(asked('GET', '/me', cookie))).statusCode).toBe(200)
  })

  it.each([
    ['text/plain', '{"token":"x"}', 415],
    ['application/x-www-form-urlencoded', 'token=x', 415],
    ['application/json', '{"token":', 400],
    ['application/json', '', 400],
    ['application/json', '{"token":1}', 400],
    ['application/json', `{"token":"${'x'.repeat(200)}"}`, 401],
    ['application/json', `{"token":"${'x'.repeat(201)}"}`, 400],
  ])('with a body of %s %s answers %i', async (type, payload, status) => {
    const house = installed()
    const headers = { origin: ORIGIN, 'content-type': type }
    const answer = await house.api.inject({ method: 'POST', url: '/api/v1/sign-in', headers, payload })
    expect(answer.statusCode).toBe(status)
  })

  it.each([
    [16_384, 401],
    [16_385, 413],
  ])('with a body of %i bytes answers %i', async (bytes, status) => {
    const house = installed()
    const payload = '{"token":"x"}'.padEnd(bytes)
    const headers = { origin: ORIGIN, 'content-type': 'application/json' }
    const answer = await house.api.inject({ method: 'POST', url: '/api/v1/sign-in', headers, payload })
    expect(answer.statusCode).toBe(status)
  })
})

describe('an answer that is no success', () => {
  const installed = sharedInstallation()

  it.each([
    ['GET', '/me', 401],
    ['GET', '/nowhere', 404],
    ['POST', '/me', 404],
    ['GET', '/sessions/%ff', 400],
  ] as const)('%s %s is a problem document with status %i', async (method, url, status) => {
    const house = installed()
    const answer = await house.api.inject(asked(method, url))
    expect(answer.statusCode).toBe(status)
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8')
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(problem.parse(answer.json()).status).toBe(status)
  })

  it('names every member that is wrong', async () => {
    const house = installed()
    const cookie = await house.signIn('admin')
    const answer = await house.api.inject(asked('GET', '/sessions?limit=201&from=yesterday&client=ACME', cookie))
    expect(answer.statusCode).toBe(400)
    expect(answer.json().detail).toMatch(/client: a slug is .*; from: .*; limit: /)
  })

  it.each([
    [new Error('password is hunter2'), 500, 'urn:gatebook:problem:internal'],
    [
      new GatewayError('database-unavailable', 'cannot reach 10.1.2.3'),
      503,
      'urn:gatebook:problem:database-unavailable',
    ],
  ])('hides why the gateway failed, and reports it', async (failure, status, type) => {
    await using house = await installation({ readiness: () => Promise.reject(failure) })
    const answer = await house.api.inject({ url: '/readyz' })
    expect(answer.statusCode).toBe(status)
    expect(answer.json()).toEqual({ type, title: expect.any(String), status })
    expect(answer.body).not.toContain(failure.message)
    expect(house.reports).toEqual([{ failure, where: 'GET /readyz' }])
  })
})
