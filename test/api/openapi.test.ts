import { describe, expect, it } from 'vitest'
import { apiRoutes } from '#gateway/api/api.ts'
import { asked, sharedInstallation } from './installation.ts'

interface Operation {
  readonly summary: string
  readonly security: readonly unknown[]
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean }[]
}

describe('the description of the API', () => {
  const installed = sharedInstallation()

  it('describes every route there is, and no other', async () => {
    const house = installed()
    const document = (await house.api.inject(asked('GET', '/openapi.json'))).json()
    const described = Object.entries<Record<string, Operation>>(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    )
    const served = apiRoutes(house.parts).map(({ method, path }) => `${method} ${path}`)
    expect(described.toSorted()).toEqual(served.toSorted())
  })

  it('names every parameter, which of them are needed, and what needs no sign-in', async () => {
    const house = installed()
    const { paths } = (await house.api.inject(asked('GET', '/openapi.json'))).json()
    const segment: Operation = paths['/sessions/{id}/channels/{channel}/replay/{segment}'].get
    expect(segment.parameters.map(({ name, in: place, required }) => [name, place, required])).toEqual([
      ['id', 'path', true],
      ['channel', 'path', true],
      ['segment', 'path', true],
      ['idle', 'query', false],
      ['through', 'query', false],
    ])
    expect(segment.security).toEqual([{ cookie: [] }])
    expect(paths['/sign-in'].post.security).toEqual([])
    expect(paths['/sign-in'].post.requestBody.content['application/json'].schema.required).toEqual(['token'])
  })

  it('refers only to schemas that it holds', async () => {
    const house = installed()
    const { body } = await house.api.inject(asked('GET', '/openapi.json'))
    const held = Object.keys(JSON.parse(body).components.schemas)
    const referred = [...body.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name)
    expect(new Set(referred)).toEqual(new Set(held.filter((name) => referred.includes(name))))
    expect(referred.length).toBeGreaterThan(10)
  })
})
