import { spawn } from '@lydell/node-pty'
import { sshArguments, type Door } from './ssh.ts'

const PATIENCE_MS = 20_000
/** Characters that `until` looks back at most. */
const MEMORY = 4096

/** `ssh` in a real terminal, with somebody at the keyboard. */
export interface TestTerminal {
  /** Every byte the terminal received so far. */
  readonly output: () => Buffer
  type(keys: string | Buffer): void
  resize(columns: number, rows: number): void
  /**
   * Resolves when what came after the last `until` matches; rejects when ssh ends before, or when patience does:
   * sooner than the test's own, so that the failure says what was seen instead.
   */
  until(pattern: string | RegExp, patienceMs?: number): Promise<void>
  /** Resolves with its exit status when ssh has ended and everything it said is in `output`. */
  readonly ended: Promise<number>
  kill(signal: NodeJS.Signals): void
}

export interface TerminalOptions {
  readonly columns?: number
  readonly rows?: number
  /** `TERM` */
  readonly type?: string
  readonly environment?: Readonly<Record<string, string>>
  /** Modes of the terminal itself, as stty takes them. */
  readonly modes?: string
}

/** Opens 80 columns by 24 rows of `xterm-256color`, unless told otherwise; `args` as those of `ssh`. */
export function openTerminal(
  door: Door,
  userName: string,
  args: readonly string[] = [],
  { columns = 80, rows = 24, type = 'xterm-256color', environment = {}, modes }: TerminalOptions = {},
): TestTerminal {
  const split = args.includes('--') ? args : ['--', ...args]
  const arrange = modes === undefined ? [] : ['sh', '-c', `stty ${modes}; exec "$@"`, 'sh']
  const [program = '', ...rest] = [...arrange, 'ssh', ...sshArguments(door, userName, ['-tt', ...split])]
  const pty = spawn(program, rest, {
    name: type,
    cols: columns,
    rows,
    encoding: null,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
  })
  const chunks: Buffer[] = []
  let unread = ''
  let exitStatus: number | undefined
  let look = () => {}
  pty.onData((data) => {
    const chunk = data as unknown as Buffer
    chunks.push(chunk)
    unread = (unread + chunk.toString('latin1')).slice(-MEMORY)
    look()
  })
  const ended = new Promise<number>((resolve) => {
    pty.onExit(({ exitCode }) => {
      exitStatus = exitCode
      look()
      resolve(exitCode)
    })
  })
  return {
    output: () => Buffer.concat(chunks),
    ended,
    type: (keys) => pty.write(keys as string),
    resize: (toColumns, toRows) => pty.resize(toColumns, toRows),
    kill: (signal) => pty.kill(signal),
    until(pattern, patienceMs = PATIENCE_MS) {
      return new Promise((resolve, reject) => {
        const giveUp = (why: string) => reject(new Error(`${why} before ${pattern} came: ${unread.slice(-2000)}`))
        const timer = setTimeout(() => giveUp('patience ended'), patienceMs)
        const done = (settle: () => void) => {
          clearTimeout(timer)
          look = () => {}
          settle()
        }
        look = () => {
          const end = endOfMatch(unread, pattern)
          if (end !== undefined) {
            unread = unread.slice(end)
            done(resolve)
          } else if (exitStatus !== undefined) done(() => giveUp(`ssh ended with ${exitStatus}`))
        }
        look()
      })
    },
  }
}

/** `text` has a character for each byte. */
function endOfMatch(text: string, pattern: string | RegExp): number | undefined {
  if (typeof pattern === 'string') {
    const bytes = Buffer.from(pattern).toString('latin1')
    const at = text.indexOf(bytes)
    return at < 0 ? undefined : at + bytes.length
  }
  const match = pattern.exec(text)
  return match === null ? undefined : match.index + match[0].length
}
