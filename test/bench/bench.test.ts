import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { testDatabase } from '#test/harness/database.ts'
import { needsProgram, needsSshdTerminals } from '#test/harness/requirement.ts'
import { goalTable } from './goals.ts'
import { startPeers } from './peers.ts'
import { measurementNames, runBench, type BenchSize } from './run-bench.ts'
import { percentile, ratio } from './samples.ts'

const root = new URL('../../', import.meta.url)
const programs = new Map([['gatebook', fileURLToPath(new URL('dist/gatebook.js', root))]])
const tiny: BenchSize = {
  setups: 1,
  keys: 4,
  transferBytes: 300_000,
  floodBytes: 30_000,
  transfers: 1,
  interrupts: 1,
  floodMs: 50,
  idleSessions: 2,
  stallMs: 200,
  playbooks: 1,
  playbookTasks: 2,
}

describe('the benchmark', needsSshdTerminals(), () => {
  beforeAll(async () => {
    await promisify(execFile)(process.execPath, ['build.mjs'], { cwd: root })
  })

  it('measures every figure, beside direct ssh and ssh -J', { timeout: 120_000 }, async () => {
    await using database = await testDatabase()
    await using peers = await startPeers({ programs, databaseUrl: database.url })
    const told: unknown[] = []
    const names = measurementNames.filter((name) => name !== 'ansible')
    const measured = await runBench(peers.all, tiny, names, (figure) => told.push(figure))
    expect(told).toEqual(measured)
    for (const { value } of measured) expect(value).toBeTypeOf('number')
    const ofSsh = measured.filter(({ peer }) => peer !== 'gatebook').map(({ figure }) => figure)
    const ofGatebook = measured.filter(({ peer }) => peer === 'gatebook').map(({ figure }) => figure)
    const memory = ['memory per idle session', 'memory under a stalled client']
    expect(new Set(ofGatebook)).toEqual(new Set([...ofSsh, ...memory]))
    expect(goalTable(measured, 'gatebook').split('\n')).toHaveLength(11)
  })

  const ansible = { ...needsProgram('ansible-playbook', 'ansible-core'), timeout: 300_000 }
  it('measures a playbook of Ansible, beside direct ssh', ansible, async () => {
    await using database = await testDatabase()
    await using peers = await startPeers({ programs, databaseUrl: database.url })
    const measured = await runBench(peers.all, tiny, ['ansible'], () => {})
    expect(measured.map(({ peer }) => peer)).toEqual(['direct', 'jump', 'gatebook'])
    for (const { value } of measured) expect(value).toBeGreaterThan(0)
    expect(goalTable(measured, 'gatebook')).toContain('at most 1.15 × direct')
  })
})

describe('a ratio of the benchmark', () => {
  it('is the median of the pairs, so that a burst of noise that hits both is no difference', () => {
    expect(ratio([10, 400, 12, 11, 10], [20, 800, 24, 22, 20], 50)).toBe(0.5)
  })

  it('of another percentile compares the percentiles', () => {
    expect(percentile([1, 2, 3, 4, 5], 75)).toBe(4)
    expect(ratio([2, 4], [1, 2], 100)).toBe(2)
  })
})
