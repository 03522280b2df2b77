import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { searchParts } from '#gateway/recording/search/search-part.ts'
import type { SessionSummary } from '#gateway/session/session.ts'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { newestEndedSession } from '#test/harness/recorded.ts'
import { needsSshdTerminals } from '#test/harness/requirement.ts'
import { openTerminal } from '#test/harness/terminal.ts'

describe('what a session over the gateway leaves to be found', needsSshdTerminals(), () => {
  let world: Reachable
  beforeAll(async () => {
    world = await reachable()
  })
  afterAll(() => world[Symbol.asyncDispose]())

  async function whenRead(): Promise<SessionSummary> {
    const session = await newestEndedSession(world.gateway)
    const { searchIndex } = world.gateway.stores
    await vi.waitFor(async () => expect(await searchIndex.notRead(session.id)).toEqual([]), { timeout: 10_000 })
    return session
  }

  const everywhere = { parts: searchParts, limit: 100 } as const

  it('commands, output and keys are there when it has ended; what was masked is nowhere', async () => {
    const terminal = openTerminal(world.gateway, 'web1.acme', ['env', 'PS1=ready:', 'sh'])
    await terminal.until('ready:')
    terminal.type('echo quick $((6 * 7))\r')
    await terminal.until('quick 42')
    await terminal.until('ready:')
    terminal.type('stty -echo; printf "Password: "; read answer; stty echo; echo\r')
    await terminal.until(/\nPassword: /)
    terminal.type('hunter2kept\r')
    await terminal.until('ready:')
    terminal.type('exit 3\r')
    expect(await terminal.ended).toBe(3)

    const session = await whenRead()
    const { searchIndex, search } = world.gateway.stores
    const commands = await searchIndex.commands(session.id, 100)
    expect(commands.map(({ source, text }) => [source, text])).toEqual([
      ['exec', 'env PS1=ready: sh'],
      ['screen', 'echo quick $((6 * 7))'],
      ['screen', 'stty -echo; printf "Password: "; read answer; stty echo; echo'],
      ['screen', 'exit 3'],
    ])
    expect(commands[0]).toMatchObject({ exitStatus: 3 })
    const hits = await search.search({ ...everywhere, text: 'quick' })
    expect(hits.map(({ part }) => part).toSorted()).toEqual(['commands', 'keys', 'output', 'output'])
    expect(await search.search({ ...everywhere, text: '•••••••••••' })).toMatchObject([{ part: 'keys' }])
    expect(await search.search({ ...everywhere, text: 'hunter' })).toEqual([])
  })

  it('a command without a terminal is one command, with its exit status and its output', async () => {
    const terminal = openTerminal(world.gateway, 'web1.acme', ['-T', '--', 'echo plain words; exit 7'])
    expect(await terminal.ended).toBe(7)
    const session = await whenRead()
    const { searchIndex, search } = world.gateway.stores
    const [command, ...others] = await searchIndex.commands(session.id, 100)
    expect(command).toMatchObject({ number: 0, source: 'exec', text: 'echo plain words; exit 7', exitStatus: 7 })
    expect(others).toEqual([])
    const hits = await search.search({ ...everywhere, text: 'plain words', parts: ['output'] })
    expect(hits).toMatchObject([{ sessionId: session.id, text: 'plain words' }])
  })
})
