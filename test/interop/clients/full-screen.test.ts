import { spawnSync } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createScreen } from '#gateway/recording/screen.ts'
import { peers } from '#test/harness/peer.ts'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { bytesOf, newestEndedSession, recordedEvents } from '#test/harness/recorded.ts'
import { needsSshdTerminals } from '#test/harness/requirement.ts'
import { sshArguments } from '#test/harness/ssh.ts'
import { openTerminal, type TestTerminal } from '#test/harness/terminal.ts'

const ways = ['by the user name', 'by ssh -J'] as const

describe.each(ways)('a full-screen program over the gateway, %s', needsSshdTerminals(), (way) => {
  let world: Reachable
  /** An empty home: nobody's configuration. */
  let home: string
  beforeAll(async () => {
    world = await reachable()
    home = join(world.sshd.directory, 'home')
    await mkdir(home)
  })
  afterAll(() => world[Symbol.asyncDispose]())

  function open(program: string): TestTerminal {
    const { gateway, sshd } = world
    const command = `cd ${home} && HOME=${home} LC_ALL=C.UTF-8 TMUX_TMPDIR=${home} ${program}`
    if (way === 'by the user name') return openTerminal(gateway, 'web1.acme', [command])
    // What -J makes of itself.
    const proxy = ['ssh', ...sshArguments(gateway, 'ivan', ['-W', 'web1.acme:22', '--'])].join(' ')
    return openTerminal(gateway, sshd.login, ['-o', `ProxyCommand=${proxy}`, '--', command])
  }

  /** What the terminal shows at its end, and that the record has every byte of it. */
  async function endsOnRecord(terminal: TestTerminal, status: number): Promise<void> {
    expect(await terminal.ended).toBe(status)
    const session = await newestEndedSession(world.gateway)
    expect(session).toMatchObject({ target: 'web1.acme', exitStatus: status })
    const recorded = bytesOf(await recordedEvents(world.gateway, session.id), 'output').toString('latin1')
    expect(recorded.length).toBeGreaterThan(0)
    expect(terminal.output().toString('latin1').startsWith(recorded)).toBe(true)
  }

  async function lines(terminal: TestTerminal): Promise<string> {
    const screen = createScreen(80, 24)
    await screen.write(terminal.output().toString())
    const { active } = screen.terminal.buffer
    return Array.from({ length: 24 }, (_, y) => active.getLine(y)?.translateToString(true)).join('\n')
  }

  it(
    'tmux takes commands in its windows, and is there again after a detach',
    peers(['tmux', 'tmux', '-V']),
    async () => {
      const tmux = 'tmux -f /dev/null'
      onTestFinished(
        () => void spawnSync('tmux', ['kill-server'], { env: { PATH: process.env.PATH, TMUX_TMPDIR: home } }),
      )
      // Keys that come within a millisecond are a paste to it, and no commands.
      const terminal = open(`${tmux} start \\; set -g assume-paste-time 0 \\; new -s work 'PS1=ready: exec sh'`)
      await terminal.until('ready:')
      terminal.type('echo first $((6 * 7))\r')
      await terminal.until('first 42')
      terminal.type('\x02d')
      await terminal.until('detached (from session work)')
      await endsOnRecord(terminal, 0)
      const again = open(`${tmux} attach -t work`)
      await again.until('first 42')
      again.type('exit\r')
      await again.until('[exited]')
      await endsOnRecord(again, 0)
    },
  )

  it('mc shows its panels, makes a folder by F7, and leaves by F10', peers(['mc', 'mc', '--version']), async () => {
    const terminal = open('mc --nosubshell')
    await terminal.until('Quit')
    terminal.type('\x1b[18~')
    await terminal.until('Create a new Directory')
    terminal.type('made by mc\r')
    await terminal.until('made by mc')
    expect(await lines(terminal)).toMatch(/Left +File +Command +Options +Right/)
    terminal.type('\x1b[21~')
    await endsOnRecord(terminal, 0)
    expect(await readFile(join(home, 'made by mc')).catch((error: unknown) => (error as { code: string }).code)).toBe(
      'EISDIR',
    )
  })

  it('htop draws itself and leaves by F10', peers(['htop', 'htop', '--version']), async () => {
    const terminal = open('htop')
    await terminal.until('Quit')
    expect(await lines(terminal)).toMatch(/PID.*USER.*CPU%/)
    terminal.type('\x1b[21~')
    await endsOnRecord(terminal, 0)
  })

  it('vim edits a file and is left by :wq', peers(['vim', 'vim', '--version']), async () => {
    const terminal = open('vim -u NONE -n edited')
    await terminal.until('edited')
    terminal.type('iПривет, 世界\x1b')
    await terminal.until('世界')
    terminal.type(':wq\r')
    await endsOnRecord(terminal, 0)
    expect(await readFile(join(home, 'edited'), 'utf8')).toBe('Привет, 世界\n')
  })
})
