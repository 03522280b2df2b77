import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  ASKING,
  ASKS_NUMBER,
  ASKS_NUMBER_OR_REASON,
  askingWorld,
  namesTask,
  PROMPT,
  worksOn,
  type AskingWorld,
} from '#test/harness/asking-world.ts'
import { reachable } from '#test/harness/reachable.ts'
import { bytesOf, newestEndedSession, recordedEvents } from '#test/harness/recorded.ts'
import { needsSshdTerminals } from '#test/harness/requirement.ts'
import { openTerminal } from '#test/harness/terminal.ts'

describe('a terminal that is asked what its session is for', needsSshdTerminals(), () => {
  let world: AskingWorld
  beforeAll(async () => {
    world = await askingWorld()
  })
  afterAll(() => world[Symbol.asyncDispose]())
  beforeEach(() => world.set(ASKING))

  const sessions = () => world.gateway.stores.sessions.list({ limit: 100 })

  it('asks in the terminal, lists what is open, and has the answer on record before the shell begins', async () => {
    // What is typed ahead of the shell may not be echoed, and would be masked.
    await world.set({ typedSecrets: 'keep' })
    const terminal = openTerminal(world.gateway, 'web1.acme')
    await terminal.until(ASKS_NUMBER)
    const asked = terminal.output().toString()
    expect(asked).toContain('acme wants to know what this session is for.')
    expect(asked).toMatch(/ {2}ACME-2 {2}Renew the certificate\r\n/)
    expect(asked).toMatch(/ {2}ACME-3 {2}\S*\[2J\S*Move the mail\r\n/)
    for (const hidden of ['ACME-1', '\x1b', '\u202e']) expect(asked).not.toContain(hidden)
    terminal.type('2\r')
    await worksOn(terminal, 7)
    const session = await newestEndedSession(world.gateway)
    expect(session).toMatchObject({ task: 'ACME-2', reason: undefined, exitStatus: 7 })
    const events = await recordedEvents(world.gateway, session.id)
    expect(bytesOf(events, 'input').toString()).toBe(`${PROMPT}exit 7\r`)
    expect(bytesOf(events, 'output').toString()).not.toContain(ASKS_NUMBER)
  })

  it('asks again until the answer will do', async () => {
    const terminal = openTerminal(world.gateway, 'web1.acme')
    for (const [typed, why] of [
      ['', 'acme wants to know what this session is for.'],
      ['1', 'task ACME-1 is closed'],
      ['99', 'there is no task ACME-99'],
      ['ZETA-1', 'ZETA-1 is no task of acme'],
      ['the disk is full', '"the disk is full" is no number of a task'],
    ] as const) {
      await terminal.until(ASKS_NUMBER)
      terminal.type(`${typed}\r`)
      await terminal.until(why)
    }
    await terminal.until(ASKS_NUMBER)
    terminal.type('acme-99\x7f\x7f3\r')
    await worksOn(terminal, 0)
    expect(await newestEndedSession(world.gateway)).toMatchObject({ task: 'ACME-3' })
  })

  it('gives the shell what was typed behind the answer', async () => {
    const terminal = openTerminal(world.gateway, 'web1.acme')
    terminal.type('2\recho $((40 + 2)) is it; exit 3\r')
    await terminal.until('42 is it')
    expect(await terminal.ended).toBe(3)
    expect(await newestEndedSession(world.gateway)).toMatchObject({ task: 'ACME-2' })
  })

  it.each(['\x03', '\x04', '\x1b'])('is left by %j without a session', async (key) => {
    const before = await sessions()
    const terminal = openTerminal(world.gateway, 'web1.acme')
    await terminal.until(ASKS_NUMBER)
    terminal.type(key)
    await terminal.until('gatebook: not connected: nobody said what the session is for')
    expect(await terminal.ended).toBe(255)
    expect(await sessions()).toEqual(before)
  })

  it.each([
    [40, 12, 'dumb'],
    [80, 24, 'xterm-256color'],
  ])('asks within %i columns and %i rows of %s', async (columns, rows, type) => {
    const terminal = openTerminal(world.gateway, 'web1.acme', [], { columns, rows, type })
    await terminal.until(ASKS_NUMBER)
    const lines = terminal.output().toString().split('\r\n')
    expect(lines.length).toBeLessThanOrEqual(rows)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns)
    terminal.resize(100, 30)
    terminal.type('2\r')
    terminal.type(PROMPT)
    await terminal.until('ready:')
    terminal.type('stty size; exit\r')
    await terminal.until('30 100')
    await terminal.ended
  })

  it('is asked behind the menu, and leads back to it', async () => {
    const terminal = openTerminal(world.gateway, 'ivan')
    await terminal.until('Esc leaves')
    terminal.type('web1\r')
    await terminal.until(ASKS_NUMBER)
    terminal.type('\x03')
    await terminal.until('nobody said what the session is for')
    await terminal.until('Esc leaves')
    terminal.type('\r')
    await terminal.until(ASKS_NUMBER)
    terminal.type('3\r')
    await worksOn(terminal, 5)
    expect(await newestEndedSession(world.gateway)).toMatchObject({ task: 'ACME-3', exitStatus: 5 })
  })

  it('is not asked behind the menu where SetEnv says it, nor of connect', async () => {
    const chosen = openTerminal(world.gateway, 'ivan', [...namesTask('ACME-2'), '--'])
    await chosen.until('Esc leaves')
    chosen.type('web1\r')
    await worksOn(chosen, 4)
    expect(await newestEndedSession(world.gateway)).toMatchObject({ task: 'ACME-2', exitStatus: 4 })
    const connected = openTerminal(world.gateway, 'ivan', ['connect web1.acme'])
    await connected.until(ASKS_NUMBER)
    connected.type('2\r')
    await worksOn(connected, 6)
    expect(await newestEndedSession(world.gateway)).toMatchObject({ task: 'ACME-2', exitStatus: 6 })
  })

  it('ends the question with the right, and says why', async () => {
    const { gateway } = world
    const terminal = openTerminal(gateway, 'web1.acme')
    await terminal.until(ASKS_NUMBER)
    await gateway.stores.supportKeys.move(gateway.client.id, 'pause', 'client:acme')
    await terminal.until('gatebook: the support key of acme was paused by client:acme')
    expect(await terminal.ended).toBe(255)
    await gateway.stores.supportKeys.move(gateway.client.id, 'resume', 'client:acme')
  })
})

it('gives the terminal back when the gateway stops in front of the question', needsSshdTerminals(), async () => {
  await using world = await reachable()
  await world.gateway.stores.clients.set('acme', { policy: { reasonRequired: true } }, 'test')
  const terminal = openTerminal(world.gateway, 'web1.acme')
  await terminal.until(ASKS_NUMBER_OR_REASON)
  const chosen = openTerminal(world.gateway, 'ivan')
  await chosen.until('Esc leaves')
  chosen.type('web1\r')
  await chosen.until(ASKS_NUMBER_OR_REASON)
  await world.gateway.close()
  await terminal.until('gatebook: the gateway is stopping')
  await chosen.until('gatebook: the gateway is stopping')
  expect([await terminal.ended, await chosen.ended]).toEqual([255, 255])
})
