import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import type { TestGateway } from './gateway.ts'

/** What a run of the OpenSSH client came to. */
export interface SshResult {
  readonly stdout: Buffer
  readonly stderr: string
  /** Its exit status; null when a signal ended it. */
  readonly status: number | null
}

/** Options that make a client of the tests depend on nothing of this machine. */
export function sshOptions(gateway: Pick<TestGateway, 'keyFile'>): string[] {
  const settings = ['IdentitiesOnly=yes', 'IdentityAgent=none', 'BatchMode=yes', 'LogLevel=ERROR']
  const trust = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null']
  return ['-F', '/dev/null', '-i', gateway.keyFile, ...[...settings, ...trust].flatMap((setting) => ['-o', setting])]
}

/** Starts `ssh` to the gateway under a user name such as `web1.acme`. */
export function startSsh(
  gateway: Pick<TestGateway, 'keyFile' | 'sshPort'>,
  userName: string,
  args: readonly string[] = [],
): ChildProcessWithoutNullStreams {
  const port = ['-p', String(gateway.sshPort), '-l', userName]
  const split = args.indexOf('--')
  const [options, command] = split < 0 ? [[], args] : [args.slice(0, split), args.slice(split + 1)]
  return spawn('ssh', [...sshOptions(gateway), ...port, ...options, '127.0.0.1', ...command])
}

/** Runs `ssh` to its end with the input given; `args` are the command, or `options -- command`. */
export async function ssh(
  gateway: Pick<TestGateway, 'keyFile' | 'sshPort'>,
  userName: string,
  args: readonly string[] = [],
  input: Buffer | string = '',
): Promise<SshResult> {
  const child = startSsh(gateway, userName, args)
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  return finished(child)
}

/** Gathers all that a child says until it is over. */
export function finished(child: ChildProcessWithoutNullStreams): Promise<SshResult> {
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
