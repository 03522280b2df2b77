import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
const LOOK_MS = 50
/** The export of a long session. */
const OUTPUT_BYTES_MAX = 2 ** 28
/** A gateway that hangs does not hear that it should end. */
const STOP_MS = 20_000

/** A built gateway that runs as in production: `gatebook start`, a process of its own. */
export interface GatewayProcess extends AsyncDisposable {
  readonly pid: number
  readonly sshPort: number
  /** The lines of its log so far. */
  readonly said: readonly string[]
  /** Its exit status or signal, when it has ended. */
  readonly end: () => string | undefined
  /** What `/metrics` tells. */
  metrics(): Promise<string>
  /** Resolves when all that it has recorded is in PostgreSQL: what it does until then would slow the next one down. */
  settled(): Promise<void>
  /** Runs `gatebook ARGS` on the same installation and gives its stdout. Rejects with its stderr. */
  command(...args: string[]): Promise<string>
}

export interface GatewayProcessOptions {
  /** Path of a built `gatebook.js`. */
  readonly program: string
  readonly dataDirectory: string
  /** Undefined: the embedded PostgreSQL. */
  readonly databaseUrl: string | undefined
  /** Beside the settings. */
  readonly environment?: Readonly<Record<string, string>>
}

/** Starts it on a free port and resolves when it takes sessions. */
export async function startGatewayProcess(options: GatewayProcessOptions): Promise<GatewayProcess> {
  const { program, dataDirectory, databaseUrl, environment } = options
  const httpPort = await freePort()
  const settings = {
    GATEBOOK_DATA: dataDirectory,
    GATEBOOK_SSH_LISTEN: '127.0.0.1:0',
    GATEBOOK_HTTP_LISTEN: `127.0.0.1:${httpPort}`,
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
  }
  const own = Object.entries(process.env).filter(([name]) => name !== 'DATABASE_URL' && !name.startsWith('GATEBOOK_'))
  const env = { ...Object.fromEntries(own), ...environment, ...settings }
  const child = spawn(process.execPath, [program, 'start'], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  const exited = once(child, 'exit')
  const said: string[] = []
  const sshPort = await new Promise<number>((resolve, reject) => {
    createInterface(child.stderr).on('line', (line) => {
      said.push(line)
      const port = /SSH on \S+ port (\d+)/.exec(line)?.[1]
      if (port !== undefined) resolve(Number(port))
    })
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`the gateway did not start:\n${said.join('\n')}`)))
  })
  return {
    pid: child.pid ?? Number.NaN,
    sshPort,
    said,
    end: () => child.signalCode ?? child.exitCode?.toString(),
    metrics: () => metrics(httpPort),
    async settled() {
      while (!(await metrics(httpPort)).includes('gatebook_archive_lag_bytes 0\n')) await sleep(LOOK_MS)
    },
    async command(...args) {
      return (await run(process.execPath, [program, ...args], { env, maxBuffer: OUTPUT_BYTES_MAX })).stdout
    },
    async [Symbol.asyncDispose]() {
      child.kill()
      const forced = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
      await exited
      clearTimeout(forced)
    },
  }
}

/** Resident memory of a process in KB. */
export async function residentKb(pid: number): Promise<number> {
  return Number((await run('ps', ['-o', 'rss=', '-p', String(pid)])).stdout)
}

async function metrics(httpPort: number): Promise<string> {
  return (await fetch(`http://127.0.0.1:${httpPort}/metrics`)).text()
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
