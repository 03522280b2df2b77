import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { killedText } from '#gateway/session/killed-text.ts'
import { storesOn } from '#gateway/start/open-database.ts'
import { openDatabase } from '#gateway/storage/database.ts'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { newestEndedSession, recordedEvents } from '#test/harness/recorded.ts'
import { needsSshdTerminals } from '#test/harness/requirement.ts'
import { sshArguments } from '#test/harness/ssh.ts'
import { openTerminal } from '#test/harness/terminal.ts'

/** Promise 4 of the product: kill means now. */
const NOW_MS = 1000

describe('a live session that somebody kills', needsSshdTerminals(), () => {
  let world: Reachable
  beforeAll(async () => {
    world = await reachable()
  })
  afterAll(() => world[Symbol.asyncDispose]())

  /** Kills the newest one as another process of the installation does, and gives its id. */
  async function kill(by: string, message?: string): Promise<string> {
    const database = await openDatabase({ url: world.gateway.database.url, applicationName: 'another' })
    const { sessions } = storesOn(database)
    const [live] = await sessions.list({ limit: 1, liveOnly: true })
    await sessions.askEnd(live?.id ?? '', killedText(by, message), by)
    await database.close()
    return live?.id ?? ''
  }

  /** Somebody at `cat`, through the name of the target or inside `-J`. */
  async function working(way: 'plain' | '-J' = 'plain') {
    const { gateway, sshd } = world
    const outer = sshArguments(gateway, 'ivan', ['-W', 'web1.acme:22', '--']).join(' ')
    const jump = way === 'plain' ? [] : ['-o', `ProxyCommand=ssh ${outer}`]
    const terminal = openTerminal(gateway, way === 'plain' ? 'web1.acme' : sshd.login, [...jump, '--', 'echo in; cat'])
    await terminal.until('in\r\n')
    return terminal
  }

  it.each(['plain', '-J'] as const)('ends within a second; its person reads who did it and why: %s', async (way) => {
    const terminal = await working(way)
    const killedAt = performance.now()
    const id = await kill('staff:anna', 'the client asked us to stop')
    const words = 'ended by staff:anna: the client asked us to stop'
    await terminal.until(`\r\ngatebook: ${words}\r\n`)
    expect(await terminal.ended).toBe(255)
    expect(performance.now() - killedAt).toBeLessThan(NOW_MS)
    expect(await newestEndedSession(world.gateway)).toMatchObject({ id, state: 'ended', endReason: words })
    const said = (await recordedEvents(world.gateway, id)).filter(({ kind }) => kind === 'notice')
    expect(said.map(({ data }) => data.toString())).toEqual([`\r\ngatebook: ${words}\r\n`])
  })

  it('ends also where the word of it was lost on the way', async () => {
    const terminal = await working()
    const { database } = world.gateway.database
    await database.change((tx) => tx.execute(sql`update session set end_asked = 'unheard' where state = 'live'`))
    await terminal.until('gatebook: unheard')
    expect(await terminal.ended).toBe(255)
  })
})
