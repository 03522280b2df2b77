import { readFile } from 'node:fs/promises'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { settings } from '#gateway/settings.ts'

interface Compose {
  readonly services: Record<string, { environment: Record<string, string>; volumes: string[]; depends_on?: object }>
  readonly volumes: Record<string, unknown>
}

const text = await readFile(new URL('../docker-compose.yml', import.meta.url), 'utf8')
const compose = parse(text) as Compose

describe('docker-compose.yml', () => {
  // The schema is compose-spec/compose-spec schema/compose-spec.json at 170098b (Apache-2.0).
  it('is what the Compose Specification allows', async () => {
    const schema = new URL('fixtures/compose-spec.json', import.meta.url)
    const { $schema: _, ...rules } = JSON.parse(await readFile(schema, 'utf8')) as Record<string, unknown>
    const check = new Ajv({ strict: false, validateFormats: false }).compile(rules)
    expect(check(compose), JSON.stringify(check.errors)).toBe(true)
    expect(check({ services: { gateway: { imagen: 'x' } } })).toBe(false)
  })

  it('gives the gateway settings that exist', () => {
    const names = settings.map((setting) => setting.name)
    for (const name of Object.keys(compose.services.gateway!.environment)) expect(names).toContain(name)
  })

  it('holds no secret: each comes from the environment and has no default', () => {
    const passwords = [...text.matchAll(/\$\{POSTGRES_PASSWORD([^}]*)\}/g)].map(([, rest]) => rest)
    expect(passwords).toHaveLength(2)
    for (const rest of passwords) expect(rest).toMatch(/^:\?/)
    expect(compose.services.gateway!.environment.DATABASE_URL).toMatch(
      /^postgres:\/\/gatebook:\$\{POSTGRES_PASSWORD:\?[^}]*\}@database:/,
    )
  })

  it('keeps the data of both services in volumes of their own', () => {
    const mounted = Object.values(compose.services).flatMap(({ volumes }) => volumes.map((each) => each.split(':')[0]))
    expect(mounted).toEqual(Object.keys(compose.volumes))
  })

  it('starts the gateway when the database answers', () => {
    expect(compose.services.gateway!.depends_on).toEqual({ database: { condition: 'service_healthy' } })
  })
})
