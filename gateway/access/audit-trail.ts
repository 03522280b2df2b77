/** Who did what to whom, for the audit trail. `detail` holds no secret. */
export interface AuditedChange {
  /** Such as `staff:ivan`, `client:acme`, `operator` or `gateway`. */
  readonly actor: string
  /** Such as `support-key.pause`. */
  readonly action: string
  /** Such as `target:web1.acme`. */
  readonly subject: string
  /** The slug of the client it concerns, who may read of it; undefined: nobody outside. */
  readonly client?: string | undefined
  readonly detail?: Readonly<Record<string, unknown>>
}

/** An entry of the trail. */
export interface AuditEvent extends AuditedChange {
  /** From 1 on, without gaps, in order of time. */
  readonly id: number
  readonly at: Date
  readonly client: string | undefined
  readonly detail: Readonly<Record<string, unknown>>
}

export interface AuditFilter {
  readonly actor?: string
  /** An action, or how it begins: `support-key.` */
  readonly action?: string
  /** A slug. */
  readonly client?: string
  /** At or after; before. */
  readonly from?: Date
  readonly to?: Date
  /** Older than this entry, newest first. */
  readonly before?: number
  /** Newer than this entry, oldest first. */
  readonly after?: number
  readonly limit: number
}

export interface AuditTrail {
  /** For what changes nothing else in the database; all of them or none. */
  add(...changes: readonly AuditedChange[]): Promise<void>
  /** Newest first, unless `after` is given. */
  list(filter: AuditFilter): Promise<readonly AuditEvent[]>
  /** The last entry's number and hash; undefined while there is none. */
  lastLink(): Promise<{ readonly id: number; readonly hash: Buffer } | undefined>
  /** The hashes of these entries, of those that are there. */
  hashes(ids: readonly number[]): Promise<ReadonlyMap<number, Buffer>>
  /** The first entry that is not as it was written, or that another one should stand at; undefined: none. */
  firstAltered(): Promise<number | undefined>
}
