import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { bytesOf, newestEndedSession, recordedEvents } from '#test/harness/recorded.ts'
import { needsSshdTerminals } from '#test/harness/requirement.ts'
import { finished, ssh, sshArguments, startSsh } from '#test/harness/ssh.ts'
import { openTerminal } from '#test/harness/terminal.ts'

const task = (number: string) => ['-o', `SetEnv=GATEBOOK_TASK=${number}`]
const reason = (words: string) => ['-o', `SetEnv=GATEBOOK_REASON="${words}"`]

describe('a session that names its task', needsSshdTerminals(), () => {
  let world: Reachable
  beforeAll(async () => {
    world = await reachable()
    const about = { clientSlug: 'acme', kind: 'request', note: '', estimateMinutes: undefined } as const
    for (const title of ['Renew the certificate', 'Move the mail']) {
      await world.gateway.stores.tasks.add({ ...about, title, raisedAt: new Date() }, 'test')
    }
  })
  afterAll(() => world[Symbol.asyncDispose]())

  it('has it on record, and the command runs with its input as ever', async () => {
    const input = 'x'.repeat(3_000_000)
    const result = await ssh(world.gateway, 'web1.acme', [...task('ACME-1'), '--', 'wc -c; exit 4'], input)
    expect(result).toMatchObject({ stdout: Buffer.from('3000000\n'), stderr: '', status: 4 })
    const { id, task: named } = await newestEndedSession(world.gateway)
    expect(named).toBe('ACME-1')
    expect(await world.gateway.stores.sessions.list({ task: 'ACME-1', limit: 9 })).toMatchObject([{ id }])
    const first = await world.gateway.stores.tasks.byName({ clientSlug: 'acme', sequence: 1 })
    expect(first?.firstSessionAt).toEqual((await world.gateway.stores.sessions.show(id))?.startedAt)
  })

  it('may give a reason instead', async () => {
    const result = await ssh(world.gateway, 'web1.acme', [...reason('the disk is full'), '--', 'true'])
    expect(result).toMatchObject({ stderr: '', status: 0 })
    expect(await newestEndedSession(world.gateway)).toMatchObject({ task: undefined, reason: 'the disk is full' })
  })

  it('is refused with a wrong number, and nothing runs', async () => {
    const result = await ssh(world.gateway, 'web1.acme', [...task('ACME-7'), '--', 'echo ran'])
    expect([result.stdout.toString(), result.status]).toEqual(['', 255])
    expect(result.stderr).toBe(
      'gatebook: there is no task ACME-7\n' +
        'gatebook: open tasks of acme: ACME-2 (Move the mail), ACME-1 (Renew the certificate)\n',
    )
    const session = await newestEndedSession(world.gateway)
    expect(session).toMatchObject({ task: undefined, exitStatus: undefined })
    expect(bytesOf(await recordedEvents(world.gateway, session.id), 'notice').toString()).toBe(result.stderr)
  })

  it('reads so in its terminal', async () => {
    const terminal = openTerminal(world.gateway, 'web1.acme', [...task('ACME-7'), '--'])
    await terminal.until('gatebook: there is no task ACME-7\r\ngatebook: open tasks of acme: ACME-2')
    expect(await terminal.ended).toBe(255)
  })

  it('shares it among the channels of its connection, and refuses another', async () => {
    const path = join(world.gateway.directory, 'control')
    // A ControlMaster sends its own SetEnv for all its channels, and of the others what SendEnv lets through.
    const send = ['-o', `ControlPath=${path}`, '-o', 'SendEnv=GATEBOOK_TASK']
    const named = (number: string) => ({ env: { ...process.env, GATEBOOK_TASK: number } })
    const run = (args: string[], number: string) =>
      finished(startSsh(world.gateway, 'web1.acme', args, named(number)), '')
    const master = startSsh(world.gateway, 'web1.acme', ['-M', ...send, '--', 'echo up; cat'], named('ACME-1'))
    const over = finished(master)
    await new Promise((resolve) => master.stdout.once('data', resolve))
    const silent = await ssh(world.gateway, 'web1.acme', ['-o', `ControlPath=${path}`, '--', 'true'])
    expect(silent).toMatchObject({ stderr: '', status: 0 })
    const other = await run([...send, '--', 'echo ran'], 'ACME-2')
    expect([other.stdout.toString(), other.status]).toEqual(['', 255])
    expect(other.stderr).toContain('gatebook: this connection is for ACME-1; for ACME-2 make a connection of its own')
    const alone = await run(['-o', 'ControlPath=none', ...send, '--', 'true'], 'ACME-2')
    expect(alone).toMatchObject({ stderr: '', status: 0 })
    expect((await newestEndedSession(world.gateway)).task).toBe('ACME-2')
    master.stdin.end()
    await over
    expect(await world.gateway.stores.sessions.list({ task: 'ACME-1', limit: 1 })).toMatchObject([{ task: 'ACME-1' }])
  })

  it('names it on the inner connection of -J', async () => {
    const { gateway, sshd } = world
    const outer = sshArguments(gateway, 'ivan', [...task('ACME-2'), '-W', '%h:%p', '--'])
    const proxy = ['-o', `ProxyCommand=ssh ${outer.join(' ')}`]
    const jump = (args: string[]) => ssh({ ...gateway, sshPort: 22 }, sshd.login, [...proxy, ...args])
    const through = ['-o', 'HostName=web1.acme', '--', 'echo ran']
    expect(await jump([...task('ACME-7'), ...through])).toMatchObject({ status: 255, stdout: Buffer.from('') })
    expect(await jump([...task('ACME-1'), ...through])).toMatchObject({ stdout: Buffer.from('ran\n'), status: 0 })
    expect(await newestEndedSession(gateway)).toMatchObject({ target: 'web1.acme', task: 'ACME-1' })
  })

  it('names it for what is chosen in the menu', async () => {
    const terminal = openTerminal(world.gateway, 'ivan', [...task('ACME-2'), '--'])
    await terminal.until('Esc leaves')
    terminal.type('web1\r')
    terminal.type("PS1='rea''dy:'\r")
    await terminal.until('ready:')
    terminal.type('exit 6\r')
    expect(await terminal.ended).toBe(6)
    expect(await newestEndedSession(world.gateway)).toMatchObject({ task: 'ACME-2', exitStatus: 6 })
  })

  it('goes on while the database is away, with new channels of the same task', async () => {
    const { tasks } = world.gateway.stores
    const path = join(world.gateway.directory, 'control-2')
    const control = ['-o', `ControlPath=${path}`, ...task('ACME-1'), '--']
    const master = startSsh(world.gateway, 'web1.acme', ['-M', ...control, 'echo up; cat'])
    const over = finished(master)
    await new Promise((resolve) => master.stdout.once('data', resolve))
    const asked = tasks.byName.bind(tasks)
    tasks.byName = () => Promise.reject(new Error('away'))
    const again = await ssh(world.gateway, 'web1.acme', [...control, 'true'])
    const fresh = await ssh(world.gateway, 'web1.acme', [...task('ACME-1'), '--', 'true'])
    tasks.byName = asked
    expect(again).toMatchObject({ stderr: '', status: 0 })
    expect([fresh.status, fresh.stderr]).toEqual([
      255,
      'gatebook: an error in the gateway; try again, or ask its operator: the log has the details\n',
    ])
    master.stdin.end()
    await over
  })
})
