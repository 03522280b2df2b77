import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, statSync, symlinkSync, unlinkSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SEGMENT_MAGIC, type JournalOptions } from '#gateway/recording/journal.ts'
import { needsProgram } from '#test/harness/requirement.ts'
import { append, fileOf, HEAD_BYTES, journalDirectory, openJournal, readAll, record } from './test-journal.ts'

let directory: string
beforeEach(async () => {
  directory = await journalDirectory()
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const open = (options: Partial<JournalOptions> = {}) => openJournal({ directory, ...options })

describe('a record', () => {
  it('is on the file before it is forwarded, and forwards run in order', async () => {
    const journal = open()
    const order: string[] = []
    const size = () => statSync(fileOf(journal)).size
    journal.append(record(0, 'abc'), () => order.push(`first ${size()}`))
    journal.after(() => order.push(`after ${size()}`))
    journal.append(record(1), () => order.push(`second ${size()}`))
    expect([order, size()]).toEqual([[], SEGMENT_MAGIC.length])
    await nextTurn()
    const written = SEGMENT_MAGIC.length + 2 * HEAD_BYTES + 3
    expect(order).toEqual([`first ${written}`, `after ${written}`, `second ${written}`])
    expect(await readAll(journal)).toEqual([record(0, 'abc'), record(1)])
    journal.close()
  })

  it('appended while others are forwarded comes behind them', async () => {
    const journal = open()
    const order: number[] = []
    journal.append(record(0), () => journal.append(record(2), () => order.push(2)))
    journal.append(record(1), () => order.push(1))
    await nextTurn()
    expect(order).toEqual([1, 2])
    journal.close()
  })

  it('shares one write with all of its turn, however many', async () => {
    const journal = open()
    let writes = 0
    journal.onWritten(() => writes++)
    const records = Array.from({ length: 5000 }, (_, seq) => record(seq, `record ${seq}`))
    await append(journal, ...records)
    expect(writes).toBe(1)
    expect(await readAll(journal)).toEqual(records)
    journal.close()
  })

  it('may be as large as an SSH packet', async () => {
    const journal = open()
    const large = record(0, Buffer.alloc(256 * 1024, 7))
    await append(journal, large, record(1))
    const [found, next] = await readAll(journal)
    expect([found?.data.equals(large.data), next]).toEqual([true, record(1)])
    journal.close()
  })

  it('is not taken once the journal is closed', async () => {
    const journal = open()
    journal.close()
    let isForwarded = false
    journal.append(record(0), () => (isForwarded = true))
    await nextTurn()
    expect([isForwarded, journal.failures]).toEqual([false, []])
  })
})

describe('with durability `power`, a record', () => {
  it('is forwarded in order, and not in the turn that wrote it', async () => {
    const journal = open({ durability: 'power' })
    const order: string[] = []
    journal.append(record(0), () => order.push('forwarded'))
    const done = append(journal, record(1))
    // Behind the write of this turn.
    process.nextTick(() => order.push('written'))
    await done
    expect(order).toEqual(['written', 'forwarded'])
    expect(await readAll(journal)).toHaveLength(2)
    journal.close()
  })

  it('that waits for a sync when the journal closes does not fail it', async () => {
    const journal = open({ durability: 'power' })
    journal.append(record(0), () => {})
    journal.close()
    await nextTurn()
    const next = open()
    expect(await readAll(next)).toEqual([record(0)])
    next.close()
    expect(journal.failures).toEqual([])
  })

  it('survives the change of segments while a sync runs', async () => {
    const journal = open({ durability: 'power', maxBytes: 80_000 })
    const forwards = []
    for (let seq = 0; seq < 6; seq++) {
      forwards.push(append(journal, record(seq, Buffer.alloc(9000))))
      await new Promise((resolve) => process.nextTick(resolve))
    }
    await Promise.all(forwards)
    expect(journal.segments.length).toBeGreaterThan(1)
    expect((await readAll(journal)).map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4, 5])
    journal.close()
  })
})

describe('the budget', () => {
  it.each([
    ['can be used to its last byte', 0, []],
    ['and the byte beyond ends everything', 1, [expect.stringContaining('has reached its budget')]],
  ])('%s', async (_, beyond, failures) => {
    const maxBytes = 20_000
    const journal = open({ maxBytes })
    await append(journal, record(0, Buffer.alloc(1000)))
    const left = maxBytes - journal.bytes - HEAD_BYTES
    let forwarded = 0
    journal.append(record(1, Buffer.alloc(left + beyond)), () => forwarded++)
    journal.after(() => forwarded++)
    await nextTurn()
    expect([journal.failures, forwarded]).toEqual([failures, beyond === 0 ? 2 : 0])
    journal.close()
  })

  it('once spent takes and forwards nothing more, and says so once', async () => {
    const journal = open({ maxBytes: 1000 })
    let forwarded = 0
    journal.append(record(0, Buffer.alloc(1000)), () => forwarded++)
    await nextTurn()
    journal.append(record(1), () => forwarded++)
    journal.after(() => forwarded++)
    await nextTurn()
    expect([forwarded, journal.failures.length, journal.failed?.code]).toEqual([0, 1, 'record-failed'])
    journal.close()
  })

  it('counts what an earlier process left, until it is dropped', async () => {
    const earlier = open()
    await append(earlier, record(0, Buffer.alloc(1000)))
    earlier.close()
    const journal = open()
    expect(journal.bytes).toBe(SEGMENT_MAGIC.length * 2 + HEAD_BYTES + 1000)
    journal.dropOldest()
    expect(journal.bytes).toBe(SEGMENT_MAGIC.length)
    journal.close()
  })

  it('is cut into segments of which the oldest can be dropped, never the last', async () => {
    const journal = open({ maxBytes: 80_000 })
    for (let seq = 0; seq < 5; seq++) await append(journal, record(seq, Buffer.alloc(8000)))
    expect(journal.segments).toHaveLength(5)
    expect(journal.bytes).toBe(
      readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0),
    )
    for (let i = 0; i < 9; i++) journal.dropOldest()
    expect(journal.segments).toHaveLength(1)
    await expect.poll(() => readdirSync(directory)).toEqual(['00000005.journal'])
    expect((await readAll(journal)).map(({ seq }) => seq)).toEqual([4])
    journal.close()
  })

  it('asks for patience beyond its half', async () => {
    const journal = open({ maxBytes: 20_000 })
    await append(journal, record(0, Buffer.alloc(10_000 - 2 * SEGMENT_MAGIC.length - HEAD_BYTES)))
    expect([journal.bytes, journal.pressed]).toEqual([10_000, false])
    await append(journal, record(1))
    expect(journal.pressed).toBe(true)
    journal.close()
  })
})

describe('a full disk', needsProgram('prlimit', 'util-linux'), () => {
  it('ends everything, and what was not written whole is not forwarded', async () => {
    const limit = 64 * 1024
    const child = fork(new URL('journal-on-a-full-disk.ts', import.meta.url), [directory, String(limit)], {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    const [said] = (await once(child, 'message')) as [{ forwarded: number; failure: string }]
    await once(child, 'exit')
    expect(said.failure).toMatch(/the journal cannot be written/)
    const journal = open()
    const found = await readAll(journal)
    // Beside those that were forwarded at most the one that was being written.
    expect(found.map(({ seq }) => seq)).toEqual(Array.from({ length: said.forwarded }, (_, seq) => seq))
    expect(said.forwarded).toBeGreaterThan(10)
    journal.close()
  })

  it.runIf(existsSync('/dev/full'))('is told where the next segment cannot be begun', async () => {
    const journal = open({ maxBytes: 8000 })
    await append(journal, record(0, Buffer.alloc(500)))
    symlinkSync('/dev/full', join(directory, '00000002.journal'))
    let isForwarded = false
    journal.append(record(1, Buffer.alloc(900)), () => (isForwarded = true))
    await nextTurn()
    expect([isForwarded, journal.failures]).toEqual([false, [expect.stringContaining('the journal cannot be written')]])
    journal.close()
    unlinkSync(join(directory, '00000002.journal'))
  })
})

describe('a directory that cannot be written', () => {
  it('is refused in words', async () => {
    await writeFile(join(directory, 'file'), '')
    expect(() => open({ directory: join(directory, 'file', 'journal') })).toThrow('cannot write the journal in')
  })
})
