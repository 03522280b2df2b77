import { readFile, rm } from 'node:fs/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { JournalCipher } from '#gateway/recording/journal-cipher.ts'
import type { JournalRecord } from '#gateway/recording/journal-record.ts'
import { createVault } from '#gateway/vault/seal.ts'
import { append, fileOf, journalDirectory, openJournal, readAll, record } from './test-journal.ts'

let directory: string
beforeEach(async () => {
  directory = await journalDirectory()
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const typed = (seq: number, text: string): JournalRecord => ({ ...record(seq, text), kind: 'typed' })
const texts = (records: readonly JournalRecord[]) => records.map(({ kind, data }) => `${kind} ${data.toString()}`)

it('has what is typed encrypted in the file, and gives it back as it was', async () => {
  const journal = openJournal({ directory })
  // Ends of words at all places inside a block of the cipher.
  const words = Array.from({ length: 40 }, (_, length) => 'hunter2hunter2hunter2hunter2hunter2hunter2'.slice(0, length))
  for (const [seq, word] of words.entries()) await append(journal, record(seq * 2, 'shown'), typed(seq * 2 + 1, word))
  const bytes = await readFile(fileOf(journal))
  expect([bytes.includes('shown'), bytes.includes('hunt')]).toEqual([true, false])
  expect(texts(await readAll(journal))).toEqual(words.flatMap((word) => ['output shown', `typed ${word}`]))
  journal.close()
})

it('never encrypts two words alike, in one process or in two', () => {
  const word = Buffer.from('hunter2hunter2hunter2')
  const ciphers = [0, 1].map(() => JournalCipher.create(createVault(Buffer.alloc(32))))
  const encrypted = ciphers.flatMap((cipher) => [cipher.encrypt(word), cipher.encrypt(word)])
  expect(new Set(encrypted.map((payload) => payload.subarray(-word.length).toString('hex'))).size).toBe(4)
})

it('is read by the next process, in every segment, with the same vault only', async () => {
  const vault = createVault(Buffer.alloc(32, 7))
  const first = openJournal({ directory, vault, maxBytes: 80_000 })
  for (let seq = 0; seq < 5; seq++) await append(first, record(seq * 2, '.'.repeat(6000)), typed(seq * 2 + 1, `${seq}`))
  expect(first.segments.length).toBeGreaterThan(2)
  first.close()
  const second = openJournal({ directory, vault, maxBytes: 80_000 })
  const read = (await readAll(second)).filter(({ kind }) => kind === 'typed')
  expect(texts(read)).toEqual(['typed 0', 'typed 1', 'typed 2', 'typed 3', 'typed 4'])
  second.close()
  const other = openJournal({ directory, vault: createVault(Buffer.alloc(32, 8)), maxBytes: 80_000 })
  await expect(readAll(other)).rejects.toMatchObject({ code: 'master-key' })
  other.close()
})
