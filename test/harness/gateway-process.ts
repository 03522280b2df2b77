import { execFile, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The real program, `gatebook start`, as a process of its own. */
export interface GatewayProcess {
  readonly child: ChildProcessWithoutNullStreams
  /** Where it listens, when `SSH on … port …` has come. */
  readonly sshPort: number
  /** What it said so far, both streams in order of arrival. */
  readonly said: () => string
  /** Sends the signal and waits for its end. */
  end(signal: NodeJS.Signals): Promise<void>
}

/** Builds the program where a source is newer, and gives its path. */
export async function builtProgram(): Promise<string> {
  await promisify(execFile)(process.execPath, ['build.mjs', 'gateway'], { cwd: root })
  return `${root}dist/gatebook.js`
}

export interface GatewayProcessOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly args?: readonly string[]
  /** Such as `['setpriv', '--reuid=65534', …]`. */
  readonly prefix?: readonly string[]
}

/** Starts it on any free ports; rejects with what it said when it ends before it listens. */
export async function gatewayProcess(options: GatewayProcessOptions): Promise<GatewayProcess> {
  const program = [...(options.prefix ?? []), process.execPath, await builtProgram()]
  const [file = '', ...before] = program
  const child = spawn(file, [...before, 'start', ...(options.args ?? [])], {
    env: {
      PATH: process.env.PATH,
      GATEBOOK_SSH_LISTEN: '127.0.0.1:0',
      GATEBOOK_HTTP_LISTEN: '127.0.0.1:0',
      ...options.environment,
    },
  })
  const lines: string[] = []
  const ended = once(child, 'close')
  const sshPort = await new Promise<number>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on('line', (line) => {
        lines.push(line)
        const port = /SSH on \S+ port (\d+)/.exec(line)?.[1]
        if (port !== undefined) resolve(Number(port))
      })
    }
    child.once('error', reject)
    child.once('close', () => reject(new Error(`gatebook ended: ${lines.join('\n')}`)))
  })
  return {
    child,
    sshPort,
    said: () => lines.join('\n'),
    async end(signal) {
      child.kill(signal)
      await ended
    },
  }
}
