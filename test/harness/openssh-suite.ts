import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { TestGateway } from './gateway.ts'
import { keygen } from './key-file.ts'
import { programsThroughGateway, SUITE, type Route } from './openssh-suite-programs.ts'
import { findProgram } from './requirement.ts'
import { finished } from './ssh.ts'

/** Programs and settings of the suite, which its scripts look for beside their own files. */
const BESIDE = ['config.h', 'netcat', 'mkdtemp', 'check-perm']
/** The slowest takes a minute and a half, of which it sleeps most. */
export const PATIENCE_MS = 400_000
const LOG_END = 6000

/** A change of a script before it runs. */
export interface Edit {
  /** Must be in the script. */
  readonly from: RegExp
  readonly to: string
}

/** What a script came to. */
export interface ScriptResult {
  readonly status: number | null
  /** What it said; where it failed, the ends of its logs too. */
  readonly output: string
  /** How many sessions the gateway has on record of it. */
  readonly sessions: number
}

/** Names of the scripts that are installed, without `.sh`. */
export async function installedScripts(): Promise<string[]> {
  const files = (await readdir(SUITE)).filter((name) => name.endsWith('.sh'))
  return files.map((name) => name.slice(0, -'.sh'.length)).toSorted()
}

/**
 * Runs a copy of a script of the suite in a folder of its own. Its sshd is its own too, enrolled as a target of acme;
 * each ssh, scp and sftp of it goes through the gateway.
 */
export async function runScript(
  gateway: TestGateway,
  name: string,
  { route, edits }: { readonly route: Route; readonly edits: readonly Edit[] },
): Promise<ScriptResult> {
  const directory = await mkdtemp(join(tmpdir(), 'gatebook-regress-'))
  try {
    const script = await copyScript(directory, name, edits)
    const ownPort = nextPorts()
    await using inetd = await startInetd(directory)
    // Most scripts run an sshd for each connection, as its ProxyCommand; some start one that listens.
    const proxied = !script.includes('start_sshd')
    const target = `${name}-${route}`
    await enrol(gateway, target, { directory, port: proxied ? inetd.port : ownPort })
    const result = await runToItsEnd(directory, name, {
      TEST_SSH_PORT: String(ownPort),
      ...(await letSupportKeyIn(gateway, directory)),
      ...(await programsThroughGateway(gateway, { directory, target, route, proxied })),
    })
    const recorded = await gateway.stores.sessions.list({ target: `${target}.acme`, limit: 1000 })
    return { ...result, sessions: recorded.length }
  } finally {
    await stopSshd(directory)
    await rm(directory, { recursive: true, force: true })
  }
}

/** Scripts that forward listen beside the port of their sshd. */
const PORTS_OF_A_SCRIPT = 100
const OWN_PORT = 90
/** Below the ports that the system gives to connections, of which any may be taken. */
const [FIRST_PORT, BLOCKS] = [20_000, 100]
let block = process.pid

/** The port for the sshd of a script, in a hundred that no other script of this process has soon. */
function nextPorts(): number {
  return FIRST_PORT + PORTS_OF_A_SCRIPT * (block++ % BLOCKS) + OWN_PORT
}

async function copyScript(directory: string, name: string, edits: readonly Edit[]): Promise<string> {
  let script = await readFile(join(SUITE, `${name}.sh`), 'utf8')
  for (const { from, to } of edits) {
    if (script.search(from) < 0) throw new Error(`${name}.sh of this release has nothing like ${from}`)
    script = script.replace(from, to)
  }
  await mkdir(join(directory, 'scripts'))
  await writeFile(join(directory, 'scripts', `${name}.sh`), script)
  for (const file of BESIDE) await symlink(join(SUITE, file), join(directory, file))
  return script
}

/** Adds the target and trusts the one host key that the suite will give its sshd. */
async function enrol(gateway: TestGateway, target: string, at: { directory: string; port: number }): Promise<void> {
  const hostKey = await keygen(join(at.directory, 'ssh-ed25519'), '-t', 'ed25519')
  const reach = { kind: 'ssh', host: '127.0.0.1', port: at.port } as const
  const { id } = await gateway.addTarget(target, reach, userInfo().username)
  await gateway.stores.targets.trust(id, [hostKey], 'test')
}

/** The suite makes its authorized_keys anew for each script: a command beside them lets our support key in. */
async function letSupportKeyIn(gateway: TestGateway, directory: string): Promise<NodeJS.ProcessEnv> {
  const keyFile = join(directory, 'support_key')
  await writeFile(keyFile, `ssh-ed25519 ${gateway.supportKey.toString('base64')}\n`)
  const command = `AuthorizedKeysCommand ${findProgram('cat')} ${keyFile}`
  const settings = [command, `AuthorizedKeysCommandUser ${userInfo().username}`, 'AcceptEnv LC_*']
  return { TEST_SSH_SSHD_CONFOPTS: settings.join('\n') }
}

async function runToItsEnd(
  directory: string,
  name: string,
  settings: NodeJS.ProcessEnv,
): Promise<{ status: number | null; output: string }> {
  const environment = { PATH: `${process.env.PATH}:/usr/sbin:/sbin`, HOME: directory, BUILDDIR: directory }
  const shell = { TEST_SHELL: 'sh', TEST_SSH_UNSAFE_PERMISSIONS: '1' }
  const child = spawn('sh', [join(SUITE, 'test-exec.sh'), directory, join(directory, 'scripts', `${name}.sh`)], {
    cwd: directory,
    env: { ...environment, ...shell, ...settings },
    // A process group, to be ended as one.
    detached: true,
  })
  const timer = setTimeout(() => endProcess(-(child.pid ?? Number.NaN)), PATIENCE_MS)
  const { stdout, stderr, status } = await finished(child, '')
  clearTimeout(timer)
  const output = stdout.toString() + stderr
  return { status, output: status === 0 ? output : output + (await endsOfLogs(directory)) }
}

async function endsOfLogs(directory: string): Promise<string> {
  const ends = ['failed-regress.log', 'failed-ssh.log', 'failed-sshd.log'].map(async (log) => {
    const text = await readFile(join(directory, log), 'utf8').catch(() => '')
    return `\n--- ${log} ---\n${text.slice(-LOG_END)}`
  })
  return (await Promise.all(ends)).join('')
}

/** Listens in place of the ProxyCommand of the suite: an sshd for each connection, set up as the script has it then. */
async function startInetd(directory: string): Promise<AsyncDisposable & { readonly port: number }> {
  const children = new Set<ChildProcess>()
  const options = ['-i', '-f', join(directory, 'sshd_proxy'), '-E', join(directory, 'sshd.log')]
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    const child = spawn(findProgram('sshd') ?? 'sshd', options, { stdio: [socket, socket, 'ignore'] })
    children.add(child)
    child.once('exit', () => children.delete(child))
    // It has the connection now.
    socket.destroy()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close()
      for (const child of children) child.kill()
      await Promise.all([...children].map((child) => once(child, 'exit')))
    },
  }
}

/** The sshd that a script started and, where it was cut off, left behind. */
async function stopSshd(directory: string): Promise<void> {
  const pid = Number(await readFile(join(directory, 'pidfile'), 'utf8').catch(() => ''))
  if (pid > 1) endProcess(pid)
}

function endProcess(pid: number): void {
  try {
    process.kill(pid)
  } catch {
    // It has ended by itself.
  }
}
