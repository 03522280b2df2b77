import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { Client } from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { databaseServer } from '#test/harness/database-server.ts'
import { reachable } from '#test/harness/reachable.ts'
import { bytesOf, newestEndedSession, recordedEvents } from '#test/harness/recorded.ts'
import { needsSshdTerminals } from '#test/harness/requirement.ts'
import { finished, ssh, startSsh, type Door } from '#test/harness/ssh.ts'
import { openTerminal, type TestTerminal } from '#test/harness/terminal.ts'

async function typeLines(terminal: TestTerminal, count: number): Promise<void> {
  for (let line = 0; line < count; line++) {
    const text = randomUUID()
    terminal.type(`${text}\r`)
    // The echo of the terminal, and then what cat says.
    await terminal.until(`${text}\r\n${text}\r\n`)
  }
}

/** The least there is: 8 MiB. */
const SMALL_JOURNAL = { GATEBOOK_JOURNAL_MAX_BYTES: String(8 * 1024 * 1024) }

/** A shell in a terminal that does nothing until it is released; then it floods its client. */
async function dam(door: Door) {
  const child = startSsh(door, 'web1.acme', ['-tt', '--', 'stty -echo; echo ready; exec sh'])
  const ended = finished(child)
  await once(child.stdout, 'data')
  return { ended, release: (command = 'seq 1 100000000') => void child.stdin.write(`${command}\n`) }
}

/** Lets everybody in to a database again, or nobody and throws out who is inside. */
async function doorOf(databaseUrl: string): Promise<(open: boolean) => Promise<void>> {
  const url = new URL(databaseUrl)
  const name = url.pathname.slice(1)
  url.pathname = '/postgres'
  const operator = new Client(url.href)
  await operator.connect()
  onTestFinished(() => operator.end())
  return async (open) => {
    await operator.query(`alter database ${name} allow_connections ${open}`)
    if (!open) await operator.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])
  }
}

describe('while PostgreSQL is away', needsSshdTerminals(), () => {
  it('a session goes on, and everything of it arrives when PostgreSQL is back', { timeout: 60_000 }, async () => {
    const server = await databaseServer()
    await using world = await reachable({ database: server })
    const terminal = openTerminal(world.gateway, 'web1.acme', ['stty -echoctl; echo in; cat'])
    await terminal.until('in\r\n')
    await server.freeze()
    await typeLines(terminal, 20)
    server.thaw()
    await typeLines(terminal, 5)
    await server.kill()
    await typeLines(terminal, 20)
    terminal.type('\x04')
    expect(await terminal.ended).toBe(0)
    await server.back()
    const session = await newestEndedSession(world.gateway)
    const recorded = bytesOf(await recordedEvents(world.gateway, session.id), 'output')
    expect(terminal.output().subarray(0, recorded.length).equals(recorded)).toBe(true)
    expect(recorded.length).toBeGreaterThan(45 * 2 * 38)
    expect(session).toMatchObject({ keystrokes: 45 * 37 + 1, bytesIn: 45 * 37 + 1, bytesOut: recorded.length })
  })

  it('that is frozen holds nobody up at the door for long', { timeout: 120_000 }, async () => {
    const server = await databaseServer()
    await using world = await reachable({ database: server })
    expect((await ssh(world.gateway, 'web1.acme', ['echo in'])).stdout.toString()).toBe('in\n')
    await server.freeze()
    const begun = performance.now()
    const refused = await ssh(world.gateway, 'web1.acme', ['-o', 'LogLevel=INFO', '--', 'echo in'])
    // 8 s for each of its queries at most; without that limit it is 40 s for the first.
    expect(performance.now() - begun).toBeLessThan(25_000)
    expect(refused.stderr).toMatch(/^gatebook: who you are cannot be looked up now \(the database does not answer\)/m)
    server.thaw()
    await server.back()
    expect((await ssh(world.gateway, 'web1.acme', ['echo in'])).stdout.toString()).toBe('in\n')
  })

  it('nobody new gets in, and each is told why', async () => {
    await using world = await reachable()
    const admit = await doorOf(world.gateway.database.url)
    await admit(false)
    const refused = await ssh(world.gateway, 'web1.acme', ['-o', 'LogLevel=INFO', '--', 'echo in'])
    expect([refused.stdout.toString(), refused.status]).toEqual(['', 255])
    expect(refused.stderr).toMatch(/^gatebook: who you are cannot be looked up now \(the database does not answer\)/m)
    await admit(true)
    expect((await ssh(world.gateway, 'web1.acme', ['echo in'])).stdout.toString()).toBe('in\n')
  })

  it(
    'sessions end with the reason when the journal is full, and nothing has passed unrecorded',
    {
      timeout: 60_000,
    },
    async () => {
      const server = await databaseServer()
      await using world = await reachable({ database: server, environment: SMALL_JOURNAL })
      const bystander = openTerminal(world.gateway, 'web1.acme', ['echo in; cat'])
      await bystander.until('in\r\n')
      // Each is let in for a window of 2 MiB before the journal asks for patience.
      const floods = await Promise.all(Array.from({ length: 5 }, () => dam(world.gateway)))
      await server.freeze()
      for (const flood of floods) flood.release()
      const received = await Promise.all(floods.map(({ ended }) => ended))
      for (const { stderr, status } of received) {
        expect(stderr).toMatch(/gatebook: the journal cannot be written: .* budget/)
        expect(status).toBe(255)
      }
      await bystander.until(/gatebook: the journal cannot be written/)
      expect(await bystander.ended).toBe(255)
      server.thaw()
      const again = await ssh(world.gateway, 'web1.acme', ['echo in'])
      expect([again.stdout.toString(), again.status]).toEqual(['', 255])
      expect(again.stderr).toMatch(/^gatebook: the journal cannot be written/)

      const restarted = await world.gateway.restart()
      onTestFinished(() => restarted.close())
      const sessions = await restarted.stores.sessions.list({ limit: 10 })
      expect(sessions.map(({ state }) => state)).toEqual(sessions.map(() => 'interrupted'))
      const records = await Promise.all(
        sessions.map(async ({ id }) => bytesOf(await recordedEvents(restarted, id), 'output')),
      )
      for (const { stdout } of received) {
        expect(stdout.length).toBeGreaterThan(100_000)
        expect(records.some((recorded) => recorded.subarray(0, stdout.length).equals(stdout))).toBe(true)
      }
      expect((await ssh(restarted, 'web1.acme', ['echo in'])).stdout.toString()).toBe('in\n')
      await restarted.close()
    },
  )
})

describe('a flood that PostgreSQL cannot follow', needsSshdTerminals(), () => {
  it('is slowed down and arrives whole', { timeout: 60_000 }, async () => {
    await using world = await reachable({ environment: SMALL_JOURNAL })
    const { stdout, status } = await ssh(world.gateway, 'web1.acme', ['-tt', '--', 'stty -onlcr; seq 1 4000000'])
    expect(status).toBe(0)
    expect(stdout.length).toBeGreaterThan(30_000_000)
    expect(stdout.subarray(-16).toString()).toBe('3999999\n4000000\n')
    const session = await newestEndedSession(world.gateway)
    expect(session.bytesOut).toBe(stdout.length)
  })

  it('waits while PostgreSQL is away, and people work on', { timeout: 60_000 }, async () => {
    const server = await databaseServer()
    await using world = await reachable({ database: server, environment: SMALL_JOURNAL })
    const [person, flood] = [openTerminal(world.gateway, 'web1.acme', ['echo in; cat']), await dam(world.gateway)]
    await person.until('in\r\n')
    await server.freeze()
    flood.release('seq 1 2000000; exit 3')
    await typeLines(person, 40)
    server.thaw()
    const { stdout, status } = await flood.ended
    expect(stdout.subarray(-9).toString()).toBe('2000000\r\n')
    expect(status).toBe(3)
    person.type('\x04')
    expect(await person.ended).toBe(0)
  })
})
