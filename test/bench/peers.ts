import { execFile } from 'node:child_process'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { testSshd } from '#test/harness/sshd.ts'
import type { TestKey } from '#test/harness/test-key.ts'
import { furnish, publicBlob, TARGET } from './bench-gateway.ts'
import { clientConfig, type Way } from './client-config.ts'
import { startGatewayProcess, type GatewayProcess } from './gateway-process.ts'

/** One way to the target. */
export interface Peer {
  /** Also its `Host` in the client's configuration. */
  readonly name: string
  /** That configuration. */
  readonly config: string
  /** Undefined where the way is OpenSSH's alone. */
  readonly gateway: (Pick<GatewayProcess, 'pid' | 'sshPort' | 'settled'> & { readonly staffKey: TestKey }) | undefined
}

export interface PeersOptions {
  /** A built `gatebook.js` for each gateway to measure, by the name of its peer. */
  readonly programs: ReadonlyMap<string, string>
  /** Undefined: each gateway has an embedded PostgreSQL of its own. Given: for one gateway only. */
  readonly databaseUrl?: string | undefined
}

/** `direct`, `jump` (`ssh -J` through a second plain sshd) and the gateways, all to one sshd on loopback. */
export interface Peers extends AsyncDisposable {
  readonly all: readonly Peer[]
}

export async function startPeers(options: PeersOptions): Promise<Peers> {
  const started: (() => PromiseLike<void>)[] = []
  let ended: Promise<void> | undefined
  // Told twice, by a signal beside the end of a run, it ends once and both wait.
  const end = () => (ended ??= endInOrder(started))
  try {
    return { all: await start(options, started), [Symbol.asyncDispose]: end }
  } catch (error) {
    await end()
    throw error
  }
}

async function endInOrder(started: readonly (() => PromiseLike<void>)[]): Promise<void> {
  for (const stop of started.toReversed()) await stop()
}

async function start({ programs, databaseUrl }: PeersOptions, started: (() => PromiseLike<void>)[]): Promise<Peer[]> {
  const begun = <Part extends AsyncDisposable>(part: Part) => {
    started.push(() => part[Symbol.asyncDispose]())
    return part
  }
  const directory = await mkdtemp(join(tmpdir(), 'gatebook-bench-'))
  started.push(() => rm(directory, { recursive: true, force: true }))
  const target = begun(await testSshd(bare))
  const jump = begun(await testSshd(bare))
  const keyFile = join(directory, 'key')
  await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', keyFile])
  const clientKey = publicBlob(await readFile(`${keyFile}.pub`, 'utf8'))
  await jump.authorize(clientKey)
  const onTarget = [clientKey]
  const user = target.login
  const ways: Way[] = [
    { name: 'direct', port: target.port, user },
    { name: 'jump', port: target.port, user, through: 'jump-host' },
    { name: 'jump-host', port: jump.port, user },
  ]
  const gateways = new Map<string, Peer['gateway']>()
  for (const [name, program] of programs) {
    const dataDirectory = join(directory, name)
    const gateway = begun(await startGatewayProcess({ program, dataDirectory, databaseUrl }))
    await copyFile(`${keyFile}.pub`, `${dataDirectory}.pub`)
    const { staffKey, supportKey } = await furnish(gateway, target, `${dataDirectory}.pub`)
    onTarget.push(supportKey)
    gateways.set(name, { ...gateway, staffKey })
    ways.push({ name, port: gateway.sshPort, user: TARGET })
  }
  await target.authorize(...onTarget)
  const config = join(directory, 'ssh_config')
  await writeFile(config, clientConfig(keyFile, ways))
  return ['direct', 'jump', ...gateways.keys()].map((name) => ({ name, config, gateway: gateways.get(name) }))
}

/** Room for many clients; and bash reads no ~/.bashrc, whose time is nobody's (SHLVL: it takes itself for an inner one). */
const bare = ['MaxSessions 1000', 'MaxStartups 1000', 'UseDNS no', 'PrintLastLog no', 'SetEnv SHLVL=1']
