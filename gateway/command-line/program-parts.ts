import type { Readable, Writable } from 'node:stream'
import type { AuditTrail } from '../access/audit-trail.ts'
import type { ClientStore } from '../access/client.ts'
import type { GrantStore } from '../access/grant.ts'
import type { SecondFactorStore } from '../access/second-factor.ts'
import type { SignInStore } from '../access/sign-in.ts'
import type { StaffStore } from '../access/staff.ts'
import type { SupportKeyStore } from '../access/support-key.ts'
import type { TaskStore } from '../access/task.ts'
import type { Target, TargetReach, TargetStore, TrustedHostKey } from '../access/target.ts'
import type { ContractStore } from '../billing/contract.ts'
import type { StatementStore } from '../billing/statement.ts'
import type { WorkedSessionSource } from '../billing/worked-session.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { RecordStore } from '../recording/record-store.ts'
import type { SearchIndex } from '../recording/search/search-index.ts'
import type { SessionLog } from '../recording/seal/session-log.ts'
import type { LeaseStore } from '../session/gateway-lease.ts'
import type { EvidenceStore } from '../session/session-evidence.ts'
import type { SessionSearch } from '../session/session-search.ts'
import type { SessionStore } from '../session/session.ts'
import type { Vault } from '../vault/seal.ts'
import type { Examination } from './doctor/examination.ts'

/** The stores of one open database. */
export interface OpenStores {
  readonly clients: ClientStore
  readonly staff: StaffStore
  readonly targets: TargetStore
  readonly supportKeys: SupportKeyStore
  readonly grants: GrantStore
  readonly tasks: TaskStore
  readonly auditTrail: AuditTrail
  readonly signIns: SignInStore
  readonly secondFactors: SecondFactorStore
  readonly sessions: SessionStore
  readonly leases: LeaseStore
  readonly records: RecordStore
  readonly evidence: EvidenceStore
  readonly sessionLog: SessionLog
  readonly searchIndex: SearchIndex
  readonly search: SessionSearch
  readonly workedSessions: WorkedSessionSource
  readonly contracts: ContractStore
  readonly statements: StatementStore
  close(): Promise<void>
}

/** stdout or stderr; on a terminal it has a size in characters. */
type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number }

export type InputStream = Readable & { readonly isTTY?: boolean }

/** What a target is tried with. */
export interface TargetProbe {
  readonly target: Target
  readonly login: string
  readonly stores: OpenStores
  readonly vault: Vault
  /** Of the pages. */
  readonly publicUrl: string
}

/** What `main.ts` brings to the command line. Nothing is opened before a command asks for it. */
export interface ProgramParts {
  readonly version: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly input: InputStream
  readonly output: OutputStream
  readonly errors: OutputStream
  readonly clock: Clock
  setExitCode(code: number): void
  /** Fires at Ctrl+C, which from this call on does nothing else the first time. */
  interruption(): AbortSignal
  /** Opens the database, embedded or not, with its schema up to date; adopts an embedded one that runs. */
  openStores(config: Config): Promise<OpenStores>
  /** Brings the schema up to date; how many migrations it applied. */
  migrate(config: Config): Promise<number>
  /** Gives the gateway a new signing key; answers with its id. Throws `conflict` where none is lost. */
  restartSeal(config: Config, reason: string): Promise<string>
  /** The one-file verifier that goes with exported sessions. Throws `installation` where it was not built. */
  readVerifier(): Promise<Buffer>
  /** Runs the gateway until it is told to stop. */
  start(config: Config, options: { readonly demo: boolean }): Promise<void>
  /** The host keys the server at this address shows, one per type. Throws `target-unreachable`. */
  fetchHostKeys(reach: Extract<TargetReach, { kind: 'ssh' }>): Promise<readonly Pick<TrustedHostKey, 'type' | 'blob'>[]>
  /** Signs in to the target and out again. Throws a `target-…` code where that fails. */
  probeTarget(probe: TargetProbe): Promise<void>
  readonly examination: Examination
}
