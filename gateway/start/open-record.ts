import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import type { GatewayError } from '../errors.ts'
import { Archiver } from '../recording/archiver.ts'
import type { KeySealer } from '../recording/journal-cipher.ts'
import { Journal } from '../recording/journal.ts'
import type { RecordStore } from '../recording/record-store.ts'
import { Indexer } from '../recording/search/indexer.ts'
import type { SearchIndex } from '../recording/search/search-index.ts'
import type { SessionLog } from '../recording/seal/session-log.ts'
import { SessionSeals } from '../recording/seal/session-seals.ts'
import type { SigningKey } from '../recording/seal/signing-key.ts'
import { interruptSession } from '../session/interrupt-session.ts'
import type { SessionStore } from '../session/session.ts'

/** A database that does not answer must not keep the gateway from stopping: the journal keeps the rest. */
const PATIENCE_MS = 5000

export interface OpenRecordOptions {
  readonly dataDirectory: string
  readonly durability: 'process' | 'power'
  readonly journalMaxBytes: number
  readonly vault: KeySealer
  readonly gatewayId: string
  readonly clock: Clock
  readonly signingKey: SigningKey
  readonly records: RecordStore
  readonly searchIndex: SearchIndex
  readonly sessions: Pick<SessionStore, 'leftLive' | 'show'>
  readonly sessionLog: Pick<SessionLog, 'opening' | 'positions'>
  /** Nothing can be recorded any more. */
  onFailure(error: GatewayError): void
  readonly log: (line: string) => void
}

/** The record of a running gateway: everything goes on the journal, and from there into PostgreSQL. */
export interface OpenRecord {
  readonly journal: Journal
  readonly archiver: Archiver
  close(): Promise<void>
}

/**
 * Opens the journal and first stores what a crash left on it: those sessions end at their last event
 * on record, as interrupted. Throws `data-directory`.
 */
export async function openRecord(options: OpenRecordOptions): Promise<OpenRecord> {
  const { sessions, gatewayId, journalMaxBytes, log, signingKey, sessionLog, clock } = options
  const journal = new Journal({
    directory: join(options.dataDirectory, 'journal'),
    durability: options.durability,
    maxBytes: journalMaxBytes,
    vault: options.vault,
    onFailure: (error) => options.onFailure(error),
  })
  let indexer: Indexer | undefined
  const archiver = new Archiver({
    journal,
    journalMaxBytes,
    store: tellingOfEnds(options.records, () => indexer?.wake()),
    seals: new SessionSeals(signingKey, sessionLog, clock),
    onTrouble: (error) => log(`PostgreSQL takes nothing now; the journal keeps everything: ${error.message}`),
    onFailure: (error) => options.onFailure(error),
    onRecovered: () => log('PostgreSQL takes the record again'),
  })
  await archiver.caughtUp()
  // No door is open yet: what is still live on record was live when the gateway was killed.
  const left = await sessions.leftLive(gatewayId)
  for (const id of left) await interruptSession(options, id, 'the gateway stopped in the middle of it')
  if (left.length > 0) log(`${left.length} sessions were interrupted when the gateway stopped; their record is whole`)
  indexer = new Indexer({ gatewayId, records: options.records, index: options.searchIndex, log })
  return {
    journal,
    archiver,
    async close() {
      await indexer?.stop(PATIENCE_MS)
      await archiver.stop(PATIENCE_MS)
      journal.close()
    },
  }
}

/** Hears when a channel, and with it all of its recording, is in the database. */
function tellingOfEnds(records: RecordStore, onEnd: () => void): Pick<RecordStore, 'append' | 'progress' | 'events'> {
  return {
    progress: (sessionId, channel) => records.progress(sessionId, channel),
    events: (sessionId, channel, fromUs) => records.events(sessionId, channel, fromUs),
    async append(batch) {
      await records.append(batch)
      if (batch.closings.length > 0 || batch.channels.some(({ closedUs }) => closedUs !== undefined)) onEnd()
    },
  }
}
