/** Where the client of a way connects. */
export interface Way {
  readonly name: string
  readonly port: number
  readonly user: string
  /** The name of another way to go through. */
  readonly through?: string
}

/** A configuration of the OpenSSH client with a `Host` for each way, and nothing of this machine's. */
export function clientConfig(keyFile: string, ways: readonly Way[]): string {
  const hosts = ways.map(({ name, port, user, through }) =>
    [`Host ${name}`, `Port ${port}`, `User ${user}`, ...(through === undefined ? [] : [`ProxyJump ${through}`])].join(
      '\n  ',
    ),
  )
  const all = [
    'Host *',
    'HostName 127.0.0.1',
    `IdentityFile ${keyFile}`,
    'IdentitiesOnly yes',
    'IdentityAgent none',
    'BatchMode yes',
    'LogLevel ERROR',
    'StrictHostKeyChecking no',
    'UserKnownHostsFile /dev/null',
    'GlobalKnownHostsFile /dev/null',
    // OpenSSH 9.5 and later hides the times of keys by sending more of them.
    'IgnoreUnknown ObscureKeystrokeTiming',
    'ObscureKeystrokeTiming no',
  ].join('\n  ')
  return [...hosts, all, ''].join('\n')
}
