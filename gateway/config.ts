/** The settings of a gateway, parsed once at start. Durations say their unit in the name. */
export interface Config {
  /** Undefined: the embedded PostgreSQL inside `dataDirectory`. */
  readonly databaseUrl: string | undefined
  /** Absolute; mode 0700. Host keys, journal, embedded database, master key. */
  readonly dataDirectory: string
  readonly sshListen: ListenAddress
  readonly httpListen: ListenAddress
  /** Such as `http://localhost:8080`, without a slash at the end. */
  readonly publicUrl: string
  /** What people type after `ssh`, such as `bastion.example`; port only where it is not 22. */
  readonly publicSsh: { readonly host: string; readonly port: number }
  /** The address targets see us come from, for `from=`; undefined when not known. */
  readonly publicAddress: string | undefined
  readonly masterKeyFile: string
  readonly durability: 'process' | 'power'
  readonly loginGraceS: number
  readonly journalMaxBytes: number
}

export interface ListenAddress {
  readonly host: string
  readonly port: number
}
