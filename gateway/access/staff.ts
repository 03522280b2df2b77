export type StaffRole = 'admin' | 'engineer' | 'auditor' | 'billing'

/** A person of ours. */
export interface Staff {
  readonly id: string
  /** `[a-z][a-z0-9._-]{0,31}` */
  readonly login: string
  readonly name: string
  readonly email: string
  readonly roles: readonly StaffRole[]
  /** Networks and addresses they may come from, such as `192.0.2.0/24`; none: from anywhere. */
  readonly from: readonly string[]
  /** `SHA256:…` of each public key they are known by. */
  readonly fingerprints: readonly string[]
  readonly disabledAt: Date | undefined
  /** Since when a code is asked for beside the key; undefined: there is no second factor. */
  readonly totpSince: Date | undefined
}

/** A public key by which a person is known. A key belongs to one person only. */
export interface StaffKey {
  /** Such as `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa`. */
  readonly type: string
  /** SSH wire form (RFC 4253 §6.6). */
  readonly blob: Buffer
  readonly comment: string
  readonly addedAt: Date
  readonly lastUsedAt: Date | undefined
}

export type NewStaff = Pick<Staff, 'login' | 'name' | 'email' | 'roles'> & Partial<Pick<Staff, 'from'>>

/** What an administrator may change of a person; what is missing stays. */
export type StaffChange = Partial<Pick<Staff, 'name' | 'email' | 'roles' | 'from'>>

export type NewStaffKey = Pick<StaffKey, 'type' | 'blob' | 'comment'>

export interface StaffStore {
  /** Throws `already-exists` for a taken login or for a key that belongs to anybody. */
  add(staff: NewStaff, keys: readonly NewStaffKey[], actor: string): Promise<Staff>
  list(): Promise<readonly Staff[]>
  byLogin(login: string): Promise<Staff | undefined>
  byId(id: string): Promise<Staff | undefined>
  /** Who is known by this key (wire form), disabled people included. */
  byKey(blob: Buffer): Promise<Staff | undefined>
  /** Throws `not-found`. */
  set(login: string, change: StaffChange, actor: string): Promise<Staff>
  /** Puts on the audit trail that somebody came from an address that is not in `from`, with a key that may be theirs. */
  cameFromElsewhere(staff: Staff, from: { readonly sourceAddress: string; readonly key: string }): Promise<void>
  keyUsed(blob: Buffer): Promise<void>
  setDisabled(login: string, disabled: boolean, actor: string): Promise<Staff>
  keys(staffId: string): Promise<readonly StaffKey[]>
  addKey(staffId: string, key: NewStaffKey, actor: string): Promise<void>
  /** `fingerprint` is `SHA256:…` as `ssh-keygen -l` prints it. Throws `not-found`. */
  removeKey(staffId: string, fingerprint: string, actor: string): Promise<void>
}
