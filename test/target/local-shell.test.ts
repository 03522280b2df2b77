import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { localHost } from '#gateway/start/local-host.ts'
import { openLocalShell } from '#gateway/target/local-shell.ts'
import type { ChannelEnd } from '#gateway/transport/channel-end.ts'
import { string, uint32, wireMessage, WireReader } from '#gateway/transport/wire.ts'

const MEBIBYTE = 2 ** 20

/** A channel of the local shell, and what it says. */
async function openChannel() {
  const link = openLocalShell(await localHost())
  onTestFinished(() => link.close())
  const said = { output: '', errors: '', exitStatus: undefined as number | undefined, credit: 0 }
  let end: ChannelEnd | undefined
  const closed = new Promise<void>((resolve) => {
    link.openSession({
      inWindow: MEBIBYTE,
      opened: (opened) => (end = opened),
      refused: () => {},
      listener: {
        data: (bytes) => (said.output += bytes.toString()),
        extendedData: (_, bytes) => (said.errors += bytes.toString()),
        adjustWindow: (bytes) => (said.credit += bytes),
        eof: () => {},
        close: resolve,
        request(type, _, fields) {
          if (type === 'exit-status') said.exitStatus = new WireReader(fields).uint32()
        },
        reply: () => {},
      },
    })
  })
  if (end === undefined) throw new Error('no channel')
  return { end, said, closed }
}

type Channel = Awaited<ReturnType<typeof openChannel>>

function size(columns: number, rows: number): Buffer {
  return wireMessage(uint32(columns), uint32(rows), uint32(0), uint32(0))
}

function askForTerminal({ end }: Channel, columns = 80, rows = 24): void {
  end.request('pty-req', true, wireMessage(string('xterm'), size(columns, rows), string('')))
}

function execute({ end }: Channel, command: string): void {
  end.request('exec', true, string(command))
}

async function until({ said }: Channel, text: string): Promise<void> {
  await expect.poll(() => said.output, { timeout: 20_000 }).toContain(text)
}

describe.each([
  ['pipes', () => {}, ''],
  ['a terminal', askForTerminal, 'stty raw -echo; '],
])('a program in %s that reads nothing', (_, prepare, prelude) => {
  it('holds up nobody, and its input waits within the window until it reads', { timeout: 60_000 }, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'gatebook-shell-'))
    onTestFinished(() => rm(directory, { recursive: true, force: true }))
    // Where the tests run as root, the program is nobody's.
    await chmod(directory, 0o755)
    const sign = join(directory, 'sign')
    const channel = await openChannel()
    prepare(channel)
    const waits = `for i in $(seq 100); do [ -e ${sign} ] && echo told && break; sleep 0.1; done`
    execute(channel, `${prelude}echo ready; ${waits}; head -c ${2 * MEBIBYTE} | wc -c; echo done`)
    await until(channel, 'ready')
    const { end, said } = channel
    end.data(Buffer.alloc(2 * MEBIBYTE, 'x'))
    expect(end.outWindow).toBeLessThan(MEBIBYTE / 2)
    expect(said.credit).toBe(0)
    await writeFile(sign, '')
    await until(channel, 'told')
    await until(channel, 'done')
    expect(said.output).toContain(String(2 * MEBIBYTE))
    expect(said.credit).toBe(2 * MEBIBYTE)
    expect(end.outWindow).toBe(2 * MEBIBYTE)
  })
})

describe('a program that has ended', () => {
  it.each([
    ['pipes', () => {}],
    ['a terminal', askForTerminal],
  ])('in %s takes input, signals and sizes as if it were there', async (_, prepare) => {
    const channel = await openChannel()
    prepare(channel)
    execute(channel, 'kill -9 $$')
    await channel.closed
    const { end, said } = channel
    end.data(Buffer.alloc(MEBIBYTE))
    end.request('signal', false, string('HUP'))
    end.request('window-change', false, size(100, 30))
    end.close()
    await expect.poll(() => end.outWindow).toBe(2 * MEBIBYTE)
    expect(said.credit).toBe(0)
  })
})

describe('what cannot be started', () => {
  it.each([
    ['a command with a byte 0', 'true\0', ''],
    ['a command longer than the system takes', `true ${'x'.repeat(200_000)}`, ''],
    ['a variable with a byte 0', 'true', 'en\0US'],
  ])('is %s: said on stderr, with status 126', async (_, command, language) => {
    const channel = await openChannel()
    if (language !== '') channel.end.request('env', false, wireMessage(string('LANG'), string(language)))
    execute(channel, command)
    await channel.closed
    expect(channel.said.exitStatus).toBe(126)
    expect(channel.said.errors).toMatch(/^\/\S+: \S.*\n$/)
  })
})

describe('a terminal', () => {
  it.each([
    [0, 0, '24 80'],
    [70_000, 2 ** 32 - 1, '65535 65535'],
    [132, 50, '50 132'],
  ])('of %i by %i has a size that there is', async (columns, rows, expected) => {
    const channel = await openChannel()
    askForTerminal(channel)
    execute(channel, 'read line; stty size 2>&1')
    channel.end.request('window-change', false, size(columns, rows))
    channel.end.data(Buffer.from('\r'))
    await until(channel, expected)
  })
})
