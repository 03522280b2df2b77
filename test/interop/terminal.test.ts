import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeChannelRequest } from '#gateway/recording/channel-request.ts'
import { blobOfKeyFile } from '#test/harness/key-file.ts'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { bytesOf, newestEndedSession, recordedEvents } from '#test/harness/recorded.ts'
import { needsProgram, needsSshdTerminals } from '#test/harness/requirement.ts'
import { openTerminal, type TestTerminal } from '#test/harness/terminal.ts'

/** 50 MB through a terminal, on a machine that is busy with other tests. */
const FLOOD_MS = 60_000
/** A shell that reads no file of this machine and whose prompt nothing else prints. */
const SHELL = ['PS1=ready: LC_ALL=C.UTF-8 exec sh']

describe('a terminal over the gateway', needsSshdTerminals(), () => {
  let world: Reachable
  beforeAll(async () => {
    world = await reachable()
  })
  afterAll(() => world[Symbol.asyncDispose]())

  async function recordedOutput(): Promise<Buffer> {
    const session = await newestEndedSession(world.gateway)
    const events = await recordedEvents(world.gateway, session.id)
    return bytesOf(events, 'output', 'stderr', 'notice')
  }

  it('has the size of the window, and follows when it changes', async () => {
    const terminal = openTerminal(world.gateway, 'web1.acme', SHELL, { columns: 101, rows: 31 })
    await terminal.until('ready:')
    terminal.type('stty size\r')
    await terminal.until('31 101')
    terminal.type('until [ "$(stty size)" = "47 143" ]; do sleep 0.1; done; echo it has\' followed\'\r')
    await terminal.until('followed')
    terminal.resize(143, 47)
    await terminal.until('it has followed')
    terminal.type('exit 3\r')
    expect(await terminal.ended).toBe(3)
    const session = await newestEndedSession(world.gateway)
    const requests = (await recordedEvents(world.gateway, session.id)).filter(({ kind }) => kind === 'request')
    const sizes = requests.map(({ data }) => decodeChannelRequest(data)).filter((request) => 'columns' in request)
    expect(sizes.map(({ columns, rows }) => [columns, rows])).toEqual([
      [101, 31],
      [143, 47],
    ])
  })

  it('has the modes it would have without the gateway', async () => {
    await world.sshd.authorize(world.gateway.supportKey, await blobOfKeyFile(world.gateway.keyFile))
    const doors = [
      [world.gateway, 'web1.acme'],
      [{ sshPort: world.sshd.port, keyFile: world.gateway.keyFile }, world.sshd.login],
    ] as const
    const modes = doors.map(async ([door, userName]) => {
      const terminal = openTerminal(door, userName, ['stty -a'])
      await terminal.ended
      return terminal.output().toString()
    })
    const [through, directly] = await Promise.all(modes)
    expect(through).toContain('intr = ^C')
    expect(through).toBe(directly)
  })

  it(
    'is on record byte for byte: vim, a resize, UTF-8, a flood of 50 MB and Ctrl+C',
    { ...needsProgram('vim', 'vim'), timeout: 2 * FLOOD_MS },
    async () => {
      const big = join(world.sshd.directory, 'big')
      await writeFile(big, Buffer.alloc(50_000_000, `${'0123456789abcdefghijklmnopqrstuvwxyz'.repeat(2)}\n`))
      const terminal = openTerminal(world.gateway, 'web1.acme', SHELL)
      await terminal.until('ready:')
      terminal.type("printf '\\360\\237\\246\\212 Привет %s\\n' ok\r")
      await terminal.until(' ok\r\n')
      await useVim(terminal, join(world.sshd.directory, 'edited'))
      terminal.type(`cat ${big}; echo all of it''.\r`)
      await terminal.until('all of it.', FLOOD_MS)
      terminal.type(`while :; do cat ${big}; done\r`)
      await terminal.until('uvwxyz\r\n0123456789')
      terminal.type('\x03')
      await terminal.until('ready:')
      terminal.type('exit\r')
      expect(await terminal.ended).toBe(130)
      const received = withoutGoodbye(terminal.output())
      expect(received.length).toBeGreaterThan(50_000_000)
      expect(received.equals(await recordedOutput())).toBe(true)
    },
  )

  it('gives a row for each key of what was typed', async () => {
    const terminal = openTerminal(world.gateway, 'web1.acme', SHELL)
    await terminal.until('ready:')
    const keys = ['e', 'x', '\x1b[A', '\x1b[21~', '\x15', 'é', '\x03']
    for (const key of keys.slice(0, -1)) terminal.type(key)
    // Ctrl+C discards what the terminal has not shown yet, and what is never shown is masked.
    await terminal.until('é')
    terminal.type('\x03')
    await terminal.until('ready:')
    terminal.type('exit 0\r')
    await terminal.ended
    const { id, keystrokes } = await newestEndedSession(world.gateway)
    const rows = await world.gateway.database.database.read((queries) =>
      queries.execute<{ seq: string; bytes: Buffer }>(
        `select seq, bytes from keystroke where session_id = '${id}' order by seq`,
      ),
    )
    expect(rows.rows.map(({ bytes }) => bytes.toString())).toEqual(keys.concat('exit 0\r'.split('')))
    expect(rows.rows.map(({ seq }) => Number(seq))).toEqual(rows.rows.map((_, index) => index))
    expect(keystrokes).toBe(rows.rows.length)
  })
})

async function useVim(terminal: TestTerminal, file: string): Promise<void> {
  terminal.type(`vim -u NONE -N ${file}\r`)
  await terminal.until('~')
  terminal.type('iПривет, мир')
  // The cursor stands behind it.
  await terminal.until('\x1b[1;12H')
  terminal.resize(100, 30)
  // It draws the screen anew, and forgets a command line that it meets half typed.
  await terminal.until('\x1b[2J')
  terminal.type('\x1b[21~\x1b')
  terminal.type(':wq\r')
  await terminal.until('ready:')
}

/** Without what ssh itself adds at the end. */
function withoutGoodbye(output: Buffer): Buffer {
  const goodbye = Buffer.from('Connection to 127.0.0.1 closed.\r\r\n')
  return output.subarray(-goodbye.length).equals(goodbye) ? output.subarray(0, -goodbye.length) : output
}
