import { describe, expect, it } from 'vitest'
import { AskedShell } from '#gateway/ssh/asked-shell.ts'
import { string, uint32, wireMessage } from '#gateway/transport/wire.ts'

const size = (columns: number, rows: number) => wireMessage(...[columns, rows, 0, 0].map(uint32))
const ptyRequest = (type: string, modes: Buffer = Buffer.of(0), of = size(80, 24)) =>
  wireMessage(string(type), of, string(modes))
const variable = (name: string, value: string) => wireMessage(string(name), string(value))

function asked(type = 'xterm', modes?: Buffer): AskedShell {
  const shell = new AskedShell()
  expect(shell.hear('pty-req', ptyRequest(type, modes))).toBe(true)
  return shell
}

it('is asked of a target again, in its order and with the size of now', () => {
  const shell = asked('xterm', Buffer.of(53, 0, 0, 0, 1, 0))
  expect(shell.hear('env', variable('LANG', 'C'))).toBe(true)
  expect(shell.hear('window-change', size(100, 30))).toBe(true)
  expect(shell.requests()).toEqual([
    { type: 'pty-req', fields: ptyRequest('xterm', Buffer.of(53, 0, 0, 0, 1, 0), size(100, 30)) },
    { type: 'env', fields: variable('LANG', 'C') },
    { type: 'shell', fields: Buffer.alloc(0) },
  ])
  expect(shell.terminal).toMatchObject({ columns: 100, rows: 30 })
})

it.each([
  ['a second terminal', 'pty-req', ptyRequest('xterm')],
  ['a variable that does not pass', 'env', variable('LD_PRELOAD', 'x.so')],
  ['what is for a running program', 'signal', string('INT')],
  ['a size that is cut short', 'window-change', size(1, 1).subarray(0, 15)],
])('refuses %s', (_, type, fields) => {
  expect(asked().hear(type, fields)).toBe(false)
})

it('keeps an agent and a display for a target to judge, one of each', () => {
  const shell = asked()
  const display = wireMessage(Buffer.of(0), string('MIT-MAGIC-COOKIE-1'), string('00'), uint32(0))
  expect(shell.hear('auth-agent-req@openssh.com', Buffer.alloc(0))).toBe(true)
  expect(shell.hear('x11-req', display)).toBe(true)
  expect(shell.hear('auth-agent-req@openssh.com', Buffer.alloc(0))).toBe(false)
  expect(shell.hear('x11-req', display)).toBe(false)
  const types = shell.requests({ type: 'exec', fields: string('w') }).map(({ type }) => type)
  expect(types).toEqual(['auth-agent-req@openssh.com', 'x11-req', 'pty-req', 'exec'])
})

it('keeps what SetEnv says of the task for the gateway, however much that is', () => {
  const shell = asked()
  expect(shell.hear('env', variable('GATEBOOK_TASK', 'ACME-1'))).toBe(true)
  expect(shell.hear('env', variable('GATEBOOK_TASK', 'x'.repeat(200_000)))).toBe(true)
  expect(shell.hear('env', variable('GATEBOOK_REASON', 'why'))).toBe(true)
  expect(shell.named).toEqual({ task: 'x'.repeat(501), reason: 'why' })
  expect(shell.requests().map(({ type }) => type)).toEqual(['pty-req', 'shell'])
})

it('keeps 64 KiB of environment and no more', () => {
  const shell = asked()
  const rest = 64 * 1024 - 2 * 4 - 'LANG'.length
  expect(shell.hear('env', variable('LANG', 'x'.repeat(rest)))).toBe(true)
  expect(shell.hear('env', variable('LANG', ''))).toBe(false)
  expect(asked().hear('env', variable('LANG', 'x'.repeat(rest + 1)))).toBe(false)
})

it('has the usual size where the terminal tells none', () => {
  const shell = new AskedShell()
  shell.hear('pty-req', ptyRequest('xterm', Buffer.of(0), size(0, 0)))
  expect(shell.terminal).toMatchObject({ columns: 80, rows: 24 })
})

describe('a second screen', () => {
  it.each(['xterm-256color', 'xterm', 'screen.xterm-256color', 'tmux-256color', 'rxvt', 'putty', 'st', 'foot'])(
    'is what %s has',
    (type) => expect(asked(type).hasSecondScreen).toBe(true),
  )
  it.each(['dumb', '', 'unknown', 'emacs', 'vt100', 'vt220', 'linux', 'linux-16color', 'ansi', 'dumb-emacs-ansi'])(
    'is what %j has not',
    (type) => expect(asked(type).hasSecondScreen).toBe(false),
  )
  it('is nowhere without a terminal', () => expect(new AskedShell().hasSecondScreen).toBe(false))
})

describe('UTF-8', () => {
  const on = Buffer.of(42, 0, 0, 0, 1, 0)
  const off = Buffer.of(53, 0, 0, 0, 1, 42, 0, 0, 0, 0, 0)

  it.each([
    [[], on, true],
    [[], off, false],
    [[], Buffer.of(0), false],
    [[], Buffer.of(0, ...on), false],
    [[], on.subarray(0, 4), false],
    [[['LANG', 'en_US.UTF-8']], off, true],
    [[['LANG', 'ru_RU.utf8']], off, true],
    [[['LANG', 'C']], on, false],
    [
      [
        ['LANG', 'en_US.UTF-8'],
        ['LC_ALL', 'C'],
      ],
      on,
      false,
    ],
    [
      [
        ['LC_ALL', ''],
        ['LC_CTYPE', 'C.UTF-8'],
        ['LANG', 'C'],
      ],
      off,
      true,
    ],
  ] as const)('with %j and the modes %j is %j', (environment, modes, utf8) => {
    const shell = asked('xterm', modes)
    for (const [name, value] of environment) shell.hear('env', variable(name, value))
    expect(shell.terminal.utf8).toBe(utf8)
  })
})
