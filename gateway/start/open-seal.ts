import type { Clock } from '../clock.ts'
import type { OpenStores } from '../command-line/program-parts.ts'
import type { Config } from '../config.ts'
import type { SigningKey } from '../recording/seal/signing-key.ts'
import { TreeHeads } from '../recording/seal/tree-heads.ts'
import { NoticeListener } from '../storage/notice-listener.ts'
import type { Vault } from '../vault/seal.ts'
import { SigningKeyFiles } from '../vault/signing-key-file.ts'
import { renewSigningKey } from './announce-key.ts'
import { openSigningKey } from './open-signing-key.ts'
import { rememberedHeadFile } from './remembered-head.ts'
import { TreeHeadPublication } from './tree-head-publication.ts'

/** PostgreSQL notifies this channel when the log of sessions has grown (sql/). */
const LOG_GREW = 'session_log'

export interface OpenSealOptions {
  readonly config: Config
  readonly gatewayId: string
  readonly vault: Vault
  readonly stores: Pick<OpenStores, 'sessionLog'>
  /** Of the database. */
  readonly databaseUrl: string
  readonly clock: Clock
  readonly log: (line: string) => void
}

/** What a running gateway signs with, and the heads it signs of the log of sessions. */
export interface OpenSeal {
  readonly signingKey: SigningKey
  readonly heads: TreeHeads
  readonly publication: TreeHeadPublication
  /** Signs and publishes what came last. */
  close(): Promise<void>
}

/** Throws `signing-key` and `session-log`: a gateway goes on neither unsigned nor with a log that is another one. */
export async function openSeal(options: OpenSealOptions): Promise<OpenSeal> {
  const { config, gatewayId, vault, stores, clock, log } = options
  const { sessionLog } = stores
  const files = new SigningKeyFiles(config.dataDirectory, vault, gatewayId)
  const keyParts = { gatewayId, files, clock, sessionLog }
  const key = await openSigningKey(keyParts)
  await renewSigningKey(keyParts, key)
  const publication = new TreeHeadPublication(config, log)
  const heads = await TreeHeads.open({
    gatewayId,
    key,
    log: sessionLog,
    memory: rememberedHeadFile(config.dataDirectory),
    clock,
    publish: (statement) => publication.publish(statement),
    renewKey: () => renewSigningKey(keyParts, key),
    onTrouble: (error) => log(`no tree head of the log of sessions is signed now: ${error.message}`),
  })
  const notices = await NoticeListener.open({ url: options.databaseUrl, channel: LOG_GREW })
  notices.onNotice(() => heads.grown())
  return {
    signingKey: key,
    heads,
    publication,
    async close() {
      await notices.close()
      await heads.close()
      await publication.close()
    },
  }
}
