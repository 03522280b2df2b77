import { spawn } from '@lydell/node-pty'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { TERMINAL_RESTORED } from '#gateway/recording/terminal-playback.ts'
import { builtProgram } from '#test/harness/gateway-process.ts'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { needsSshdTerminals } from '#test/harness/requirement.ts'
import { openTerminal } from '#test/harness/terminal.ts'

describe('gatebook session play --follow', needsSshdTerminals(), () => {
  let world: Reachable
  let program: string
  beforeAll(async () => {
    program = await builtProgram()
    world = await reachable()
  })
  afterAll(() => world[Symbol.asyncDispose]())

  async function newestId(): Promise<string> {
    const [session] = await world.gateway.stores.sessions.list({ limit: 1 })
    return session?.id ?? ''
  }

  /** Somebody who watches, as a process of his own: in a terminal of 80 columns. */
  async function watching() {
    const child = spawn(process.execPath, [program, 'session', 'play', await newestId(), '--follow'], {
      cols: 80,
      rows: 24,
      env: { PATH: process.env.PATH, DATABASE_URL: world.gateway.database.url },
    })
    let output = ''
    child.onData((data) => (output += data))
    const ended = new Promise<number>((resolve) => child.onExit(({ exitCode }) => resolve(exitCode)))
    onTestFinished(() => child.kill())
    const shows = (text: string) => expect.poll(() => output, { timeout: 10_000, interval: 20 }).toContain(text)
    return { shows, ended, output: () => output, leave: () => child.write('\x03') }
  }

  it('shows several watchers what is there and what comes, until it is over', { timeout: 30_000 }, async () => {
    const terminal = openTerminal(world.gateway, 'web1.acme', ['echo before; exec cat'])
    await terminal.until('before\r\n')
    const [one, other] = [await watching(), await watching()]
    for (const watcher of [one, other]) {
      await watcher.shows('before')
      await watcher.shows(`live  ivan on ${world.sshd.login}@web1.acme`)
    }
    terminal.type('typed meanwhile')
    for (const watcher of [one, other]) await watcher.shows('typed meanwhile')
    other.leave()
    expect(await other.ended).toBe(0)
    terminal.type('\r\x04')
    expect(await terminal.ended).toBe(0)
    expect(await one.ended).toBe(0)
    for (const watcher of [one, other]) expect(watcher.output().endsWith(TERMINAL_RESTORED)).toBe(true)
  })

  it(
    'is told to its person where the policy says so, once for everybody who watches',
    { timeout: 30_000 },
    async () => {
      const { clients, sessions } = world.gateway.stores
      const terminal = openTerminal(world.gateway, 'web1.acme', ['echo before; exec cat'])
      await terminal.until('before\r\n')
      await sessions.noteWatcher(await newestId(), 'staff:olga')
      await clients.set('acme', { policy: { watchNotice: true } }, 'test')
      const watcher = await watching()
      await terminal.until('gatebook: operator watches this session\r\n')
      await watcher.shows('gatebook: operator watches this session')
      for (const who of ['operator', 'staff:anna']) await sessions.noteWatcher(await newestId(), who)
      await terminal.until('gatebook: staff:anna watches this session\r\n')
      terminal.type('\x04')
      expect(await terminal.ended).toBe(0)
      expect(
        terminal
          .output()
          .toString()
          .match(/operator watches/g),
      ).toHaveLength(1)
      await clients.set('acme', { policy: { watchNotice: null } }, 'test')
    },
  )

  it('is refused for what is over', { timeout: 30_000 }, async () => {
    const terminal = openTerminal(world.gateway, 'web1.acme', ['echo over'])
    expect(await terminal.ended).toBe(0)
    await expect.poll(async () => (await world.gateway.stores.sessions.show(await newestId()))?.state).toBe('ended')
    const watcher = await watching()
    expect(await watcher.ended).toBe(1)
    expect(watcher.output()).toContain('what you want to follow is over; see: gatebook session play')
  })
})
