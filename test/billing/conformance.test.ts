import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { computeCaseFile } from '#gateway/billing/case-file/compute-case-file.ts'

interface ConformanceCase {
  readonly id: number
  readonly name: string
  readonly engine: string
  readonly expected: unknown
  readonly why: string
}

const text = readFileSync(new URL('../fixtures/billing-cases.json', import.meta.url), 'utf8')
const { cases } = JSON.parse(text) as { cases: readonly ConformanceCase[] }

describe('the billing rules give what the contract with every client says', () => {
  const result = computeCaseFile(text)
  const outputs = new Map(result.ok ? result.results.map(({ id, output }) => [id, output]) : [])

  test('every case is computed', () => {
    expect(result.ok ? [] : result.problems).toEqual([])
    expect([...outputs.keys()]).toEqual(cases.map(({ id }) => id))
  })

  for (const { engine, id, name, expected, why } of cases) {
    test(`${engine} ${id}: ${name}`, () => {
      expect(outputs.get(id), why).toStrictEqual(expected)
    })
  }
})
