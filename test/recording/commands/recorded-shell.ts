import { spawn } from '@lydell/node-pty'
import type { RecordedEvent } from '#gateway/recording/event.ts'
import { ptyRequest, shellRequest } from '../recorded.ts'

/** Somebody at a shell in a real terminal, and the recording of it as the gateway would have made it. */
export interface RecordedShell {
  /** One key or paste after the other, each on its own. */
  type(...keys: readonly string[]): void
  /** What came after the last call of this matches. */
  until(shown: string | RegExp): Promise<void>
  /** Everything, when the shell has ended. */
  readonly events: Promise<readonly RecordedEvent[]>
  kill(): void
}

export interface ShellOptions {
  readonly columns?: number
  readonly rows?: number
  readonly directory: string
  readonly environment?: Readonly<Record<string, string>>
}

const PATIENCE_MS = 15_000

export function recordShell(program: string, args: readonly string[], options: ShellOptions): RecordedShell {
  const { columns = 80, rows = 24, directory, environment = {} } = options
  const events: RecordedEvent[] = []
  const began = performance.now()
  const keep = (kind: RecordedEvent['kind'], data: Buffer) => {
    const atUs = Math.round((performance.now() - began) * 1000)
    events.push({ seq: events.length, atUs, kind, data })
  }
  keep('open', Buffer.alloc(0))
  keep('request', ptyRequest(columns, rows))
  keep('request', shellRequest)
  const pty = spawn(program, [...args], {
    name: 'xterm-256color',
    cols: columns,
    rows,
    cwd: directory,
    encoding: null,
    env: { PATH: process.env.PATH, HOME: directory, LC_ALL: 'C.UTF-8', ...environment },
  })
  let unread = ''
  let look = () => {}
  pty.onData((data) => {
    const bytes = data as unknown as Buffer
    keep('output', bytes)
    unread += bytes.toString('utf8')
    look()
  })
  const ended = new Promise<readonly RecordedEvent[]>((resolve) => {
    pty.onExit(() => {
      keep('close', Buffer.alloc(0))
      resolve(events)
    })
  })
  return {
    events: ended,
    kill: () => pty.kill('SIGKILL'),
    type(...keys) {
      for (const key of keys) {
        keep('input', Buffer.from(key))
        pty.write(key)
      }
    },
    until(shown) {
      return new Promise((resolve, reject) => {
        const giveUp = () =>
          reject(new Error(`${program} never showed ${shown}: ${JSON.stringify(unread.slice(-600))}`))
        const timer = setTimeout(giveUp, PATIENCE_MS)
        look = () => {
          const end = endOf(unread, shown)
          if (end === undefined) return
          unread = unread.slice(end)
          clearTimeout(timer)
          look = () => {}
          resolve()
        }
        look()
      })
    },
  }
}

function endOf(text: string, shown: string | RegExp): number | undefined {
  const found = typeof shown === 'string' ? text.indexOf(shown) : (shown.exec(text)?.index ?? -1)
  if (found === -1) return undefined
  return found + (typeof shown === 'string' ? shown : (shown.exec(text)?.[0] ?? '')).length
}
