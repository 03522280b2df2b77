import { spawn as spawnProcess } from 'node:child_process'
import type { spawn as SpawnTerminal } from '@lydell/node-pty'
import { DEFAULT_TERMINAL_SIZE } from '../recording/terminal-size.ts'
import { TerminalInput } from './terminal-input.ts'

/** A running program of the local shell, with or without a terminal. */
export interface LocalProcess {
  /** `taken` is called when the program has the bytes in hand, or has gone. */
  write(bytes: Buffer, taken: () => void): void
  /** No more input. A terminal has no such thing. */
  end(): void
  resize(columns: number, rows: number): void
  /** `name` without SIG, as in RFC 4254 §6.9. */
  signal(name: string): void
  pause(): void
  resume(): void
}

export interface LocalProcessEvents {
  output(bytes: Buffer): void
  errorOutput(bytes: Buffer): void
  /** Once, behind all output. */
  exited(status: { readonly code: number } | { readonly signal: string }): void
}

/** Whose rights the program has: undefined means those of the gateway, which is then not root. */
export interface LocalAccount {
  readonly ids: { readonly uid: number; readonly gid: number } | undefined
  readonly home: string
  readonly shell: string
}

/** What the local shell runs on. */
export interface LocalHost {
  readonly account: LocalAccount
  readonly environment: Readonly<Record<string, string>>
  /** Of node-pty, brought by `main.ts`: it is native, and only the demo needs it. */
  readonly spawnTerminal: typeof SpawnTerminal
}

export interface LocalCommand {
  /** Undefined: a login shell. */
  readonly command: string | undefined
  readonly environment: Readonly<Record<string, string>>
  readonly account: LocalAccount
}

const SIGNALS = new Set([
  'ABRT',
  'ALRM',
  'FPE',
  'HUP',
  'ILL',
  'INT',
  'KILL',
  'PIPE',
  'QUIT',
  'SEGV',
  'TERM',
  'USR1',
  'USR2',
])

/** What a terminal is wide or high at most: the kernel counts in 16 bits. */
const SIZE_MAX = 2 ** 16 - 1
/** RFC 4254 §6.2: a dimension of zero is to be ignored; `ssh -tt` without a terminal of its own sends it. */
const cells = (asked: number, otherwise: number) => Math.min(asked === 0 ? otherwise : asked, SIZE_MAX)

/** Throws where the system starts no such program. */
export function startInTerminal(
  spawnTerminal: typeof SpawnTerminal,
  what: LocalCommand,
  size: { readonly terminal: string; readonly columns: number; readonly rows: number },
  events: LocalProcessEvents,
): LocalProcess {
  const { shell, home, ids } = what.account
  const pty = spawnTerminal(shell, what.command === undefined ? ['-l'] : ['-c', what.command], {
    name: size.terminal,
    cols: cells(size.columns, DEFAULT_TERMINAL_SIZE.columns),
    rows: cells(size.rows, DEFAULT_TERMINAL_SIZE.rows),
    cwd: home,
    env: { ...what.environment, TERM: size.terminal },
    // Bytes, not text: a recording must not depend on where a character was cut.
    encoding: null,
    ...ids,
  })
  const input = new TerminalInput(pty)
  pty.onData((data) => events.output(data as unknown as Buffer))
  pty.onExit(({ exitCode, signal }) =>
    events.exited(signal === undefined || signal === 0 ? { code: exitCode } : { signal: signalName(signal) }),
  )
  return {
    write: (bytes, taken) => input.write(bytes, taken),
    end: () => {},
    resize: (columns, rows) => {
      if (!input.isOver) pty.resize(cells(columns, pty.cols), cells(rows, pty.rows))
    },
    signal: (name) => {
      if (SIGNALS.has(name) && !input.isOver) pty.kill(`SIG${name}`)
    },
    pause: () => pty.pause(),
    resume: () => pty.resume(),
  }
}

/** Throws where the system starts no such program. */
export function startWithPipes(what: LocalCommand, events: LocalProcessEvents): LocalProcess {
  const { shell, home, ids } = what.account
  const child = spawnProcess(shell, what.command === undefined ? ['-l'] : ['-c', what.command], {
    cwd: home,
    env: what.environment,
    // Its own group, so that a signal reaches everything it started.
    detached: true,
    ...ids,
  })
  child.stdout.on('data', (bytes: Buffer) => events.output(bytes))
  child.stderr.on('data', (bytes: Buffer) => events.errorOutput(bytes))
  child.stdin.on('error', () => {})
  child.on('error', (error) => {
    events.errorOutput(Buffer.from(`${error.message}\n`))
    events.exited({ code: 127 })
  })
  child.on('close', (code, signal) => {
    if (signal !== null) events.exited({ signal: signal.slice(3) })
    else if (code !== null) events.exited({ code })
  })
  return {
    write: (bytes, taken) => void child.stdin.write(bytes, () => taken()),
    end: () => child.stdin.end(),
    resize: () => {},
    signal: (name) => {
      const isRunning = child.exitCode === null && child.signalCode === null
      if (SIGNALS.has(name) && child.pid !== undefined && isRunning) process.kill(-child.pid, `SIG${name}`)
    },
    pause: () => {
      child.stdout.pause()
      child.stderr.pause()
    },
    resume: () => {
      child.stdout.resume()
      child.stderr.resume()
    },
  }
}

function signalName(number: number): string {
  const names: Record<number, string> = {
    1: 'HUP',
    2: 'INT',
    3: 'QUIT',
    6: 'ABRT',
    9: 'KILL',
    11: 'SEGV',
    13: 'PIPE',
    15: 'TERM',
  }
  return names[number] ?? 'TERM'
}
