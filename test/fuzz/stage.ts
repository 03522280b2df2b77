import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { furnish } from '#test/bench/bench-gateway.ts'
import { residentKb, startGatewayProcess, type GatewayProcess } from '#test/bench/gateway-process.ts'
import type { Chance } from '#test/harness/chance.ts'
import type { TestKey } from '#test/harness/test-key.ts'
import { Bystander } from './bystander.ts'
import { fuzzServer, type FuzzServer } from './servers.ts'

/** With this much JavaScript memory a leak ends the gateway soon. */
const HEAP_MB = 256

/**
 * A gateway of its own process before `web1.acme`, where somebody works all the time and which says back what it hears,
 * and `web2.acme`.
 */
export interface Stage extends AsyncDisposable {
  readonly gateway: GatewayProcess
  /** Of the one person who may work on both targets. */
  readonly key: TestKey
  /** Of `web2.acme`, for whatever a run makes of it. */
  readonly hostile: FuzzServer
  readonly bystander: Bystander
  /** Its keys, as a log would show them. */
  readonly secrets: readonly string[]
  /** What the gateway holds now. */
  holdings(): Promise<Holdings>
}

/** One way to misbehave; what it does is the same for the same chance. */
export interface FuzzRun {
  readonly name: string
  play(stage: Stage, chance: Chance): Promise<Played>
}

export interface Played {
  /** What was changed, in words. */
  readonly done: readonly string[]
  /** With what words the gateway ended the connection; empty where it did not. */
  readonly heard: string
}

export interface Holdings {
  readonly liveSessions: number
  readonly openFiles: number
  readonly residentMb: number
  /** Of the last one to two minutes. */
  readonly longestHoldS: number
}

export interface StageOptions {
  /** Path of a built `gatebook.js`. */
  readonly program: string
  /** Undefined: the embedded PostgreSQL. */
  readonly databaseUrl: string | undefined
}

export async function openStage({ program, databaseUrl }: StageOptions): Promise<Stage> {
  const closing: (() => Promise<void>)[] = []
  const close = async () => {
    for (const part of closing.splice(0).toReversed()) await part()
  }
  try {
    const directory = await mkdtemp(join(tmpdir(), 'gatebook-fuzz-'))
    closing.push(() => rm(directory, { recursive: true, force: true }))
    const held = <Part extends AsyncDisposable>(part: Part): Part => {
      closing.push(async () => part[Symbol.asyncDispose]())
      return part
    }
    const [friendly, hostile] = [held(await fuzzServer()), held(await fuzzServer())]
    const environment = { NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}` }
    const dataDirectory = join(directory, 'data')
    const gateway = held(await startGatewayProcess({ program, dataDirectory, databaseUrl, environment }))
    const keyFile = join(directory, 'keys')
    const { staffKey: key } = await furnish(gateway, { port: friendly.port, login: 'root' }, keyFile)
    await gateway.command('target', 'add', 'web2.acme', '--host', '127.0.0.1', '--port', String(hostile.port))
    await gateway.command('target', 'trust', 'web2.acme')
    const bystander = held(await Bystander.comeIn(gateway, key))
    return {
      gateway,
      key,
      hostile,
      bystander,
      secrets: await keysIn(dataDirectory),
      holdings: () => holdings(gateway),
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function holdings(gateway: GatewayProcess): Promise<Holdings> {
  const text = await gateway.metrics()
  const lines = new Map(text.split('\n').map((line) => line.split(' ') as [string, string]))
  const figure = (name: string) => {
    const value = lines.get(name)
    if (value === undefined) throw new Error(`no ${name} in the metrics`)
    return Number(value)
  }
  return {
    liveSessions: figure('gatebook_live_sessions'),
    openFiles: await openFiles(gateway.pid),
    residentMb: (await residentKb(gateway.pid)) / 1024,
    longestHoldS: figure('gatebook_event_loop_delay_seconds{quantile="1"}'),
  }
}

async function keysIn(directory: string): Promise<string[]> {
  const files = ['master.key', 'ssh_host_ed25519_key']
  const contents = await Promise.all(files.map((file) => readFile(join(directory, file))))
  const keys = contents.map((bytes) => {
    const pem = /^-.*-\n([^-]+)\n-/.exec(bytes.toString('latin1'))?.[1]
    return pem === undefined ? bytes : Buffer.from(pem, 'base64')
  })
  // An Ed25519 key is the end of its PKCS #8.
  const parts = keys.flatMap((key) => [key, key.subarray(-32)])
  return parts.flatMap((part) => (['hex', 'base64', 'base64url'] as const).map((encoding) => part.toString(encoding)))
}

/** 0 where the system does not tell. */
async function openFiles(pid: number): Promise<number> {
  return (await readdir(`/proc/${pid}/fd`).catch(() => [])).length
}
