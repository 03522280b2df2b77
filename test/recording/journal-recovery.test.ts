import { appendFile, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SEGMENT_MAGIC, type JournalOptions } from '#gateway/recording/journal.ts'
import { JournalReader } from '#gateway/recording/journal-reader.ts'
import { append, fileOf, journalDirectory, openJournal, readAll, record } from './test-journal.ts'

let directory: string
beforeEach(async () => {
  directory = await journalDirectory()
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const open = (options: Partial<JournalOptions> = {}) => openJournal({ directory, ...options })

describe('what a crash leaves', () => {
  async function torn(): Promise<{ path: string; ends: number[]; bytes: Buffer }> {
    const journal = open()
    const ends = [SEGMENT_MAGIC.length]
    for (const [seq, data] of ['', 'one', 'two two', '3'].entries()) {
      await append(journal, record(seq, data))
      ends.push(journal.bytes)
    }
    const path = fileOf(journal)
    journal.close()
    return { path, ends, bytes: await readFile(path) }
  }

  it('is read to its last whole record, wherever it is cut', async () => {
    const { path, ends, bytes } = await torn()
    for (let cut = 0; cut <= bytes.length; cut++) {
      const copy = join(directory, `cut${cut}`)
      await mkdir(copy)
      await writeFile(join(copy, path.slice(-16)), bytes.subarray(0, cut))
      const journal = open({ directory: copy })
      const whole = ends.filter((end) => end <= cut).length - 1
      expect((await readAll(journal)).map(({ seq }) => seq)).toEqual([0, 1, 2, 3].slice(0, Math.max(whole, 0)))
      journal.close()
    }
  })

  it('is read to the record before a damaged one, whichever byte is damaged', async () => {
    const { path, ends, bytes } = await torn()
    for (let at = SEGMENT_MAGIC.length; at < bytes.length; at++) {
      const copy = join(directory, `damage${at}`)
      await mkdir(copy)
      const damaged = Buffer.from(bytes)
      damaged[at] = (damaged[at] ?? 0) ^ 0x10
      await writeFile(join(copy, path.slice(-16)), damaged)
      const journal = open({ directory: copy })
      const whole = ends.filter((end) => end <= at).length - 1
      expect((await readAll(journal)).map(({ seq }) => seq)).toEqual([0, 1, 2, 3].slice(0, whole))
      journal.close()
    }
  })

  it('is followed by what is appended now, in a segment of its own', async () => {
    const { path } = await torn()
    await appendFile(path, 'half a record')
    const journal = open()
    await append(journal, record(9))
    expect((await readAll(journal)).map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 9])
    expect(journal.segments.map(({ leftBehind }) => leftBehind)).toEqual([true, false])
    journal.close()
  })

  it('leaves files of other names alone', async () => {
    await writeFile(join(directory, 'notes.txt'), 'mine')
    await copyFile(join(directory, 'notes.txt'), join(directory, '1.journal'))
    const journal = open()
    expect(journal.segments).toHaveLength(1)
    journal.close()
  })
})

describe('a segment of this process that is damaged', () => {
  it('is an error, not an endless search', async () => {
    const journal = open()
    await append(journal, record(0, 'whole'), record(1, 'to be damaged'))
    const bytes = await readFile(fileOf(journal))
    bytes[bytes.length - 1] = 0
    await writeFile(fileOf(journal), bytes)
    const reader = new JournalReader(journal)
    await expect(reader.next().then(() => reader.next())).rejects.toMatchObject({ code: 'record-failed' })
    await reader.close()
    journal.close()
  })
})
