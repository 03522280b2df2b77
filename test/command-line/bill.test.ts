import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { installation } from './installation.ts'

const cases = new URL('../fixtures/billing-cases.json', import.meta.url)

describe('gatebook bill compute', () => {
  it('prints the result of every case, without a database', async () => {
    await using home = await installation()
    const parts = { environment: { DATABASE_URL: 'mysql://wrong' } }
    const seen = await home.gatebook(['bill', 'compute', cases.pathname], { parts })
    const { cases: expected } = JSON.parse(await readFile(cases, 'utf8')) as {
      cases: { id: string; expected: unknown }[]
    }
    expect(seen).toMatchObject({ err: '', status: 0 })
    expect(JSON.parse(seen.out)).toEqual({ results: expected.map(({ id, expected: output }) => ({ id, output })) })
  })

  it('reads stdin for -', async () => {
    await using home = await installation()
    const seen = await home.gatebook('bill compute -', { stdin: '{"policies": {}, "cases": []}' })
    expect(JSON.parse(seen.out)).toEqual({ results: [] })
  })

  it('tells every mistake with its path in the file, and prints nothing', async () => {
    await using home = await installation()
    const file = join(home.dataDirectory, 'cases.json')
    await writeFile(file, '{"cases": [{"id": "a", "engine": "nonsense"}, {"id": [], "engine": "time", "policy": "p"}]}')
    const seen = await home.gatebook(['bill', 'compute', file])
    expect(seen).toMatchObject({ out: '', status: 1 })
    const lines = seen.err.trimEnd().split('\n')
    expect(lines.length).toBeGreaterThanOrEqual(2)
    for (const line of lines) expect(line).toMatch(/^gatebook: cases\[[01]\]\S*: /)
  })

  it('is refused where the file is no JSON or not there', async () => {
    await using home = await installation()
    expect(await home.gatebook('bill compute -', { stdin: '{' })).toMatchObject({ out: '', status: 1 })
    expect(await home.gatebook('bill compute /nonexistent.json')).toMatchObject({ out: '', status: 1 })
  })
})
