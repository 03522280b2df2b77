import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { peers, PYTHON } from '#test/harness/peer.ts'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { newestEndedSession } from '#test/harness/recorded.ts'
import { run, type SshResult } from '#test/harness/ssh.ts'
import { writeSshConfig } from '#test/harness/ssh-config.ts'

/** Ansible starts python for every task, on machines that are busy with other tests. */
const PLAYBOOK_MS = 300_000
const TASKS = 20

describe('Ansible', peers(['ansible-playbook', 'ansible-core', '--version'], ['sshd', 'openssh-server', '-V']), () => {
  let world: Reachable
  let config: string
  const here = (name: string) => join(world.gateway.directory, name)
  const there = (name: string) => join(world.sshd.directory, name)
  beforeAll(async () => {
    world = await reachable()
    config = await writeSshConfig(world)
    await writeFile(
      here('hosts'),
      `web1 ansible_python_interpreter=${PYTHON}\nweb1.acme ansible_python_interpreter=${PYTHON}\n`,
    )
    await writeFile(here('copied'), 'content\n'.repeat(1000))
    const commands = Array.from({ length: TASKS }, (_, n) => ({ name: `task ${n}`, command: `echo done ${n}` }))
    // JSON is YAML.
    await writeFile(here('commands.yml'), JSON.stringify([{ hosts: 'all', gather_facts: false, tasks: commands }]))
  })
  afterAll(() => world[Symbol.asyncDispose]())

  const ansible = (program: string, args: readonly string[], pipelining = false): Promise<SshResult> =>
    run(program, ['-i', here('hosts'), ...args], {
      env: {
        PATH: process.env.PATH,
        HOME: world.gateway.directory,
        LC_ALL: 'C.UTF-8',
        ANSIBLE_NOCOWS: '1',
        ANSIBLE_PIPELINING: String(pipelining),
        ANSIBLE_HOST_KEY_CHECKING: 'False',
        ANSIBLE_LOCAL_TEMP: here('ansible'),
        ANSIBLE_REMOTE_TEMP: there('ansible'),
        ANSIBLE_SSH_ARGS: `-F ${config} -o ControlMaster=auto -o ControlPersist=60s`,
        ANSIBLE_SSH_CONTROL_PATH_DIR: here('control'),
      },
    })

  /** Ends the connections that ansible keeps for its next task. */
  async function disconnect(): Promise<void> {
    for (const socket of await readdir(here('control'))) {
      await run('ssh', ['-F', config, '-o', `ControlPath=${here('control')}/${socket}`, '-O', 'exit', 'web1'])
    }
  }
  afterEach(disconnect)

  it.each(['web1', 'web1.acme'])('pings, and copies a file: %s', { timeout: PLAYBOOK_MS }, async (host) => {
    const ping = await ansible('ansible', [host, '-m', 'ping'])
    expect(ping.stdout.toString()).toContain('"ping": "pong"')
    const copy = await ansible('ansible', [host, '-m', 'copy', '-a', `src=${here('copied')} dest=${there(host)}`])
    expect(copy).toMatchObject({ status: 0, stdout: expect.any(Buffer) })
    expect(await readFile(there(host), 'utf8')).toBe(await readFile(here('copied'), 'utf8'))
  })

  it.each([
    ['off', 'web1'],
    ['on', 'web1.acme'],
  ])(`runs ${TASKS} commands with pipelining %s: %s`, { timeout: PLAYBOOK_MS }, async (pipelining, host) => {
    const { stdout, status } = await ansible(
      'ansible-playbook',
      ['-l', host, here('commands.yml')],
      pipelining === 'on',
    )
    expect(stdout.toString()).toMatch(new RegExp(`^${host} .*ok=${TASKS} .*unreachable=0 .*failed=0 `, 'm'))
    expect(status).toBe(0)
    await disconnect()
    // One connection that stays, one session with a channel for each step of each task.
    const session = await newestEndedSession(world.gateway)
    expect(session).toMatchObject({ target: 'web1.acme', staff: 'ivan' })
    expect(session.channels).toBeGreaterThanOrEqual(TASKS)
  })
})
