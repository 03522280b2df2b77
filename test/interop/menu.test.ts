import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeChannelRequest } from '#gateway/recording/channel-request.ts'
import { createScreen } from '#gateway/recording/screen.ts'
import { testGateway } from '#test/harness/gateway.ts'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { bytesOf, newestEndedSession, recordedEvents } from '#test/harness/recorded.ts'
import { needsSshdTerminals } from '#test/harness/requirement.ts'
import { ssh } from '#test/harness/ssh.ts'
import { freePort } from '#test/harness/sshd.ts'
import { openTerminal, type TestTerminal } from '#test/harness/terminal.ts'

/** The last line of the menu, which comes with every first painting. */
/** 3 MB through a terminal, on a machine that is busy with other tests. */
const FLOOD_MS = 60_000
const PAINTED = 'Esc leaves'
const FIRST_SCREEN = '\x1b[?1049l'
/** Turns the prompt into one that nothing else prints. */
const PROMPT = "PS1='rea''dy:'\r"

/** What the terminal shows when it got all of `output`. */
async function screenOf(output: Buffer, columns = 80, rows = 24): Promise<string[]> {
  const screen = createScreen(columns, rows)
  await screen.write(output.toString())
  const { active } = screen.terminal.buffer
  return Array.from({ length: rows }, (_, y) => active.getLine(y)?.translateToString(true).trimEnd() ?? '')
}

/** Everything behind the menu, without what ssh itself adds at the end. */
function behindMenu(output: Buffer): string {
  const text = output.toString('latin1')
  const after = text.slice(text.lastIndexOf(FIRST_SCREEN) + FIRST_SCREEN.length)
  return after.replace(/^gatebook: connecting to [a-z0-9.]+\r\n/, '').replace(/Connection to \S+ closed\.\r\r\n$/, '')
}

async function prompt(terminal: TestTerminal): Promise<void> {
  terminal.type(PROMPT)
  await terminal.until('ready:')
}

describe('ssh to the gateway itself', needsSshdTerminals(), () => {
  let world: Reachable
  beforeAll(async () => {
    world = await reachable()
    const { gateway, target } = world
    await gateway.stores.targets.set(target, { notes: 'the shop' }, 'test')
    await gateway.addTarget('down', { kind: 'ssh', host: '127.0.0.1', port: await freePort() })
    await gateway.addTarget('box', { kind: 'local-shell' }, 'demo')
  })
  afterAll(() => world[Symbol.asyncDispose]())

  it('shows the targets, leads to the one chosen, and is not on record', { timeout: 2 * FLOOD_MS }, async () => {
    const { gateway } = world
    const terminal = openTerminal(gateway, 'ivan', [], { columns: 40, rows: 12 })
    await terminal.until(PAINTED)
    terminal.type('shop')
    await terminal.until('1 of 3')
    const lines = await screenOf(terminal.output(), 40, 12)
    expect(lines[1]).toBe('Filter: shop')
    expect(lines.filter((line) => line.includes('.acme'))).toEqual(['> web1.acme  active   -       Acme'])
    terminal.resize(90, 20)
    await terminal.until('CLIENT')
    terminal.type('\r')
    await terminal.until('Esc goes back')
    terminal.resize(101, 31)
    await terminal.until('Esc goes back')
    terminal.type('\r')
    await prompt(terminal)
    terminal.type('stty size\r')
    await terminal.until('31 101')
    terminal.resize(120, 40)
    terminal.type('head -c 3000000 /dev/zero | tr "\\0" x; echo all of it"".\r')
    await terminal.until('all of it.', FLOOD_MS)
    terminal.type('exit 7\r')
    expect(await terminal.ended).toBe(7)
    const session = await newestEndedSession(gateway)
    expect(session).toMatchObject({ target: 'web1.acme', staff: 'ivan', exitStatus: 7, endReason: 'closed' })
    const events = await recordedEvents(gateway, session.id)
    const output = bytesOf(events, 'output', 'stderr')
    expect(output.length).toBeGreaterThan(3_000_000)
    expect(output.equals(Buffer.from(behindMenu(terminal.output()), 'latin1'))).toBe(true)
    expect(bytesOf(events, 'input', 'maskedInput').toString()).toMatch(/exit 7\r$/)
    const requests = events.filter(({ kind }) => kind === 'request').map(({ data }) => decodeChannelRequest(data))
    expect(requests.map(({ type }) => type)).toEqual(['pty-req', 'shell', 'window-change'])
    expect(requests[0]).toMatchObject({ terminal: 'xterm-256color', columns: 101, rows: 31 })
  })

  it('leads to a local shell as to any other target, with what was typed ahead', async () => {
    const terminal = openTerminal(world.gateway, 'ivan')
    terminal.type('box\recho in the $((40 + 2)) box; exit 3\r')
    await terminal.until('in the 42 box\r\n')
    expect(await terminal.ended).toBe(3)
    expect(await newestEndedSession(world.gateway)).toMatchObject({ target: 'box.acme', login: 'demo' })
  })

  it('has the targets worked on last first', async () => {
    const { sessions } = world.gateway.stores
    const ended = await sessions.list({ limit: 10 })
    const terminal = openTerminal(world.gateway, 'ivan')
    await terminal.until(PAINTED)
    const lines = await screenOf(terminal.output())
    // The own login, which ssh sends by itself, is no mistyped name.
    expect(lines[2]).toMatch(/^ {2}TARGET /)
    const targets = lines.flatMap((line) => /^[> ] (\S+\.acme)/.exec(line)?.[1] ?? [])
    expect(targets.slice(0, 2)).toEqual([...new Set(ended.map(({ target }) => target))])
    expect(targets).toHaveLength(3)
    terminal.type('\x1b')
    expect(await terminal.ended).toBe(0)
    expect(await sessions.list({ limit: 10 })).toHaveLength(ended.length)
  })

  it('tells a refusal in the menu, and lets another one be chosen', async () => {
    const { gateway } = world
    const terminal = openTerminal(gateway, 'ivan')
    await terminal.until(PAINTED)
    terminal.type('down\r')
    await terminal.until(/ECONNREFUSED|refused|cannot|no /i)
    await terminal.until(PAINTED)
    expect((await screenOf(terminal.output())).slice(0, 4).join('\n')).toMatch(/down\.acme|127\.0\.0\.1/)
    await gateway.stores.supportKeys.move(gateway.client.id, 'pause', 'client:acme')
    terminal.type('\x15web1\r')
    await terminal.until('Esc goes back')
    terminal.type('\r')
    await terminal.until('the support key of acme was paused by client:acme')
    await gateway.stores.supportKeys.move(gateway.client.id, 'resume', 'client:acme')
    await terminal.until(PAINTED)
    terminal.type('\r')
    await terminal.until('Esc goes back')
    terminal.type('\r')
    await prompt(terminal)
    terminal.type('exit 5\r')
    expect(await terminal.ended).toBe(5)
    expect((await newestEndedSession(gateway)).target).toBe('web1.acme')
  })

  it.each([
    ['Ctrl+C', '\x03', 130],
    ['Ctrl+D', '\x04', 0],
    ['Esc', '\x1b', 0],
  ])('is left by %s (%j) with status %i, and gives the terminal back', async (_, key, status) => {
    const terminal = openTerminal(world.gateway, 'ivan')
    await terminal.until(PAINTED)
    terminal.type(key)
    expect(await terminal.ended).toBe(status)
    expect(behindMenu(terminal.output())).toBe('')
  })

  it.each(['wbe1.acme', 'root@wbe1.acme'])('takes %s for a mistyped name', async (typed) => {
    const terminal = openTerminal(world.gateway, typed)
    await terminal.until(PAINTED)
    const lines = await screenOf(terminal.output())
    expect(lines[2]).toBe('there is no target "wbe1.acme"; did you mean web1.acme?')
    expect(lines.find((line) => line.startsWith('>'))).toMatch(/^> web1\.acme/)
    terminal.type('\x03')
    await terminal.ended
  })

  it('is filtered by a part of a name', async () => {
    const terminal = openTerminal(world.gateway, 'web1')
    await terminal.until(PAINTED)
    const lines = await screenOf(terminal.output())
    expect(lines.slice(1, 3)).toEqual(['Filter: web1', 'there is no target "web1"; the list is filtered by it'])
    expect(lines[4]).toMatch(/^> web1\.acme/)
    terminal.type('\x03')
    await terminal.ended
  })

  it.each([
    ['C', false],
    ['en_US.UTF-8', true],
  ])('speaks as the locale %s does', async (LANG, utf8) => {
    const options = ['-o', 'SendEnv=LANG', '--']
    const terminal = openTerminal(world.gateway, 'ivan', options, { columns: 40, rows: 12, environment: { LANG } })
    await terminal.until(PAINTED)
    const lines = await screenOf(terminal.output(), 40, 12)
    expect(lines[0]).toMatch(utf8 ? /^gatebook · ivan/ : /^gatebook - ivan/)
    expect(/^[ -~]*$/.test(lines.join(''))).toBe(!utf8)
    terminal.type('\x03')
    await terminal.ended
  })

  it('asks line by line on a terminal that can do no more', async () => {
    const terminal = openTerminal(world.gateway, 'ivan', [], { type: 'dumb' })
    await terminal.until('words to filter by: ')
    terminal.type('shop\r')
    await terminal.until(/ 1 {2}web1\.acme .*words to filter by: /s)
    terminal.type('1\r')
    await terminal.until('the shop\r\nEnter connects')
    terminal.type('\r')
    await terminal.until('connecting to web1.acme')
    const menu = terminal.output().toString()
    expect(menu).not.toContain('\x1b')
    await prompt(terminal)
    terminal.type('echo $TERM; exit 2\r')
    await terminal.until('dumb')
    expect(await terminal.ended).toBe(2)
  })

  it('is refused without a terminal, and names the nearest target', async () => {
    const { stdout, stderr, status } = await ssh(world.gateway, 'wbe1.acme', ['-T', '--'])
    expect([stdout.toString(), status]).toEqual(['', 255])
    expect(stderr).toMatch(/^gatebook: there is no target "wbe1\.acme"; did you mean web1\.acme\?$/m)
  })

  it('ends a session from the menu when the key is paused, with the reason', async () => {
    const { gateway } = world
    const terminal = openTerminal(gateway, 'ivan')
    terminal.type('box\r')
    await prompt(terminal)
    await gateway.stores.supportKeys.move(gateway.client.id, 'pause', 'client:acme')
    await terminal.until('gatebook: the support key of acme was paused by client:acme')
    expect(await terminal.ended).toBe(255)
    await gateway.stores.supportKeys.move(gateway.client.id, 'resume', 'client:acme')
    expect((await newestEndedSession(gateway)).endReason).toContain('paused by client:acme')
  })
})

describe('connect', needsSshdTerminals(), () => {
  let world: Reachable
  beforeAll(async () => {
    world = await reachable()
  })
  afterAll(() => world[Symbol.asyncDispose]())

  it('opens a shell on the target it names', async () => {
    const terminal = openTerminal(world.gateway, 'ivan', [`connect ${world.sshd.login}@web1.acme`])
    await prompt(terminal)
    terminal.type('exit 9\r')
    expect(await terminal.ended).toBe(9)
    expect(await newestEndedSession(world.gateway)).toMatchObject({ target: 'web1.acme', login: world.sshd.login })
  })

  it.each([
    ['connect web1.acme', 'connect needs a terminal: use ssh -t', 255],
    ['', 'the menu needs a terminal: use ssh -t; or the command help, which lists what needs none', 255],
    ['connect', 'connect takes the name of a target: connect web1.acme', 2],
  ])('%j without a terminal says: %s', async (command, said, exitStatus) => {
    const { stderr, status } = await ssh(world.gateway, 'ivan', ['-T', '--', ...(command === '' ? [] : [command])])
    expect([stderr.trim(), status]).toEqual([`gatebook: ${said}`, exitStatus])
  })

  it.each([
    ['connect web7.acme', 'there is no target "web7.acme"'],
    ['connect oracle+web1.acme', 'web1.acme does not allow the login oracle'],
  ])('%j is refused', async (command, said) => {
    const terminal = openTerminal(world.gateway, 'ivan', [command])
    await terminal.until(`gatebook: ${said}`)
    expect(await terminal.ended).toBe(255)
  })
})

it('gives the terminal back when the gateway stops', async () => {
  await using gateway = await testGateway()
  const terminal = openTerminal(gateway, 'ivan')
  await terminal.until('No grant lets you work on a server now.')
  await gateway.close()
  await terminal.until(`${FIRST_SCREEN}gatebook: the gateway is stopping`)
  expect(await terminal.ended).toBe(255)
})
