import type { AuditTrail } from '../access/audit-trail.ts'
import type { ClientStore } from '../access/client.ts'
import type { SignInStore } from '../access/sign-in.ts'
import type { StaffStore } from '../access/staff.ts'
import type { TaskStore } from '../access/task.ts'
import type { SupportKeyStore } from '../access/support-key.ts'
import type { ContractStore } from '../billing/contract.ts'
import type { StatementStore } from '../billing/statement.ts'
import type { WorkedSessionSource } from '../billing/worked-session.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { RecordStore } from '../recording/record-store.ts'
import type { SearchIndex } from '../recording/search/search-index.ts'
import type { SessionLog } from '../recording/seal/session-log.ts'
import type { EvidenceStore } from '../session/session-evidence.ts'
import type { SessionSearch } from '../session/session-search.ts'
import type { SessionStore } from '../session/session.ts'
import type { GatewayMetrics } from './metrics-text.ts'

/** What the API reads; it changes four things: links, web sessions, support keys, tasks. */
export interface ApiStores {
  readonly clients: Pick<ClientStore, 'list' | 'bySlug' | 'byId' | 'allowedForwarding'>
  readonly staff: Pick<StaffStore, 'byId'>
  readonly supportKeys: Pick<SupportKeyStore, 'current' | 'move'>
  readonly tasks: TaskStore
  readonly auditTrail: Pick<AuditTrail, 'list' | 'add'>
  readonly signIns: SignInStore
  readonly sessions: Pick<SessionStore, 'list' | 'show' | 'channels' | 'askEnd' | 'noteWatcher'>
  readonly records: Pick<RecordStore, 'progress' | 'events' | 'keystrokes' | 'files'>
  readonly sessionLog: Pick<SessionLog, 'statements' | 'keys'>
  readonly searchIndex: Pick<SearchIndex, 'commands' | 'notRead'>
  readonly search: SessionSearch
  readonly evidence: EvidenceStore
  readonly workedSessions: WorkedSessionSource
  readonly contracts: ContractStore
  readonly statements: StatementStore
}

/** What the API stands on. */
export interface ApiParts {
  readonly stores: ApiStores
  readonly clock: Clock
  readonly config: Pick<Config, 'publicUrl' | 'publicAddress'>
  /** Absolute path of the built pages. */
  readonly pagesDirectory: string
  readonly version: string
  /** Why sessions cannot be taken now, in a sentence without secrets; undefined when they can. */
  readonly readiness: () => Promise<string | undefined>
  readonly metrics: () => GatewayMetrics
  /** Hears of every failure that was answered with a 5xx; the answer itself hides it. */
  readonly report: (failure: unknown, where: string) => void
}
