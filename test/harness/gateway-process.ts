import { execFile, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The real program, `gatebook start`, as a process of its own. */
export interface GatewayProcess {
  readonly child: ChildProcessWithoutNullStreams
  /** Where it listens, when `SSH on … port …` has come. */
  readonly sshPort: number
  /** Resolves with the first group of what it says; rejects when it ends before. */
  until(pattern: RegExp): Promise<string>
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
  const command = [process.execPath, await builtProgram(), 'start', ...(options.args ?? [])]
  // env(1) runs a command as it stands.
  const child = spawn('env', [...(options.prefix ?? []), ...command], {
    env: {
      PATH: process.env.PATH,
      GATEBOOK_SSH_LISTEN: '127.0.0.1:0',
      GATEBOOK_HTTP_LISTEN: '127.0.0.1:0',
      ...options.environment,
    },
  })
  let text = ''
  let look = () => {}
  const hear = (chunk: Buffer) => {
    text += chunk.toString()
    look()
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const ended = once(child, 'close')
  let over = false
  ended
    .finally(() => {
      over = true
      look()
    })
    .catch(() => {})
  const until = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      look = () => {
        const found = pattern.exec(text)
        if (found !== null) resolve(found[1] ?? found[0])
        else if (over) reject(new Error(`gatebook ended: ${text}`))
      }
      look()
    })
  const sshPort = Number(await until(/SSH on \S+ port (\d+)/))
  return {
    child,
    sshPort,
    until,
    said: () => text,
    async end(signal) {
      child.kill(signal)
      await ended
    },
  }
}
