import { existsSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createVault } from '#gateway/vault/seal.ts'
import { Journal, type JournalOptions } from '#gateway/recording/journal.ts'
import { JournalReader } from '#gateway/recording/journal-reader.ts'
import type { JournalRecord } from '#gateway/recording/journal-record.ts'

const sessionId = '0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee'
/** Of a record without its data. */
export const HEAD_BYTES = 8 + 31

/** A directory in memory where there is one: some tests open hundreds of journals, and each waits for the disk. */
export function journalDirectory(): Promise<string> {
  return mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'gatebook-journal-'))
}

/** A journal that notes its failures. */
export function openJournal(
  options: Partial<JournalOptions> & Pick<JournalOptions, 'directory'>,
): Journal & { failures: string[] } {
  const failures: string[] = []
  const journal = new Journal({
    vault: createVault(Buffer.alloc(32)),
    durability: 'process',
    maxBytes: 2 ** 30,
    onFailure: ({ message }) => failures.push(message),
    ...options,
  })
  return Object.assign(journal, { failures })
}

/** A record of output on one channel of one session. */
export function record(seq: number, data: Buffer | string = ''): JournalRecord {
  return { sessionId, channel: 1, seq, atUs: seq * 1000, kind: 'output', data: Buffer.from(data) }
}

/** Appends and waits until it is forwarded. */
export function append(journal: Journal, ...records: readonly JournalRecord[]): Promise<void[]> {
  return Promise.all(records.map((one) => new Promise<void>((resolve) => journal.append(one, resolve))))
}

/** Everything a new reader finds from the oldest record on. */
export async function readAll(journal: Journal): Promise<JournalRecord[]> {
  const reader = new JournalReader(journal)
  const records: JournalRecord[] = []
  for (;;) {
    const placed = await reader.next()
    if (placed.length === 0) break
    records.push(...placed.map(({ record: one }) => one))
  }
  await reader.close()
  return records
}

/** The file that grows. */
export const fileOf = (journal: Journal) => journal.segments.at(-1)?.path ?? ''
