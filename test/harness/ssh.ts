import { spawn, type ChildProcessWithoutNullStreams, type SpawnOptionsWithoutStdio } from 'node:child_process'

/** Where a client knocks: the gateway, or an sshd directly. */
export interface Door {
  readonly sshPort: number
  /** The private key it proves itself by. */
  readonly keyFile: string
}

/** What a run of the OpenSSH client came to. */
export interface SshResult {
  readonly stdout: Buffer
  readonly stderr: string
  /** Its exit status; null when a signal ended it. */
  readonly status: number | null
}

/** Options that make a client of the tests depend on nothing of this machine. */
export function sshOptions({ keyFile }: Pick<Door, 'keyFile'>): string[] {
  const settings = ['IdentitiesOnly=yes', 'IdentityAgent=none', 'BatchMode=yes', 'LogLevel=ERROR']
  const trust = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null']
  return ['-F', '/dev/null', '-i', keyFile, ...[...settings, ...trust].flatMap((setting) => ['-o', setting])]
}

/** Arguments of `ssh` under a user name such as `web1.acme`; `args` are the command, or `options -- command`. */
export function sshArguments(door: Door, userName: string, args: readonly string[] = []): string[] {
  const port = ['-p', String(door.sshPort), '-l', userName]
  const split = args.indexOf('--')
  const [options, command] = split < 0 ? [[], args] : [args.slice(0, split), args.slice(split + 1)]
  // The first value of an option wins.
  return [...options, ...sshOptions(door), ...port, '127.0.0.1', ...command]
}

/** Starts `ssh`; `args` as above. */
export function startSsh(
  door: Door,
  userName: string,
  args: readonly string[] = [],
  options: SpawnOptionsWithoutStdio = {},
): ChildProcessWithoutNullStreams {
  return spawn('ssh', sshArguments(door, userName, args), options)
}

/** Runs `ssh` to its end with the input given; `args` as above. */
export function ssh(
  door: Door,
  userName: string,
  args: readonly string[] = [],
  input: Buffer | string = '',
): Promise<SshResult> {
  return finished(startSsh(door, userName, args), input)
}

/** Runs any program to its end. */
export function run(
  program: string,
  args: readonly string[],
  options: SpawnOptionsWithoutStdio = {},
): Promise<SshResult> {
  return finished(spawn(program, args, options), '')
}

/** Gathers all that a child says until it is over; with `input`, writes that and ends its input. */
export function finished(child: ChildProcessWithoutNullStreams, input?: Buffer | string): Promise<SshResult> {
  child.stdin.on('error', () => {})
  if (input !== undefined) child.stdin.end(input)
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) =>
      resolve({ stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString(), status }),
    )
  })
}
