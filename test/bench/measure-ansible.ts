import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { PYTHON } from '#test/harness/peer.ts'
import { figures, type Figure } from './figure.ts'
import type { Peer } from './peers.ts'
import { interleaved } from './samples.ts'
import { startClient } from './ssh-client.ts'

/** A playbook of so many `command` tasks, from its start to its end, each time over a connection of its own. */
export async function measureAnsible(peers: readonly Peer[], tasks: number, repetitions: number): Promise<Figure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'gatebook-bench-'))
  try {
    const commands = Array.from({ length: tasks }, (_, n) => ({ name: `task ${n}`, command: `echo ${n}` }))
    // JSON is YAML.
    await writeFile(
      join(directory, 'playbook'),
      JSON.stringify([{ hosts: 'all', gather_facts: false, tasks: commands }]),
    )
    const samples = await interleaved(peers, repetitions, async (peer) => {
      const since = performance.now()
      await playbook(peer, directory, tasks)
      const took = performance.now() - since
      await disconnect(peer, directory)
      return took
    })
    return figures('ansible playbook', 'ms', samples)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function playbook(peer: Peer, directory: string, tasks: number): Promise<void> {
  // A list of hosts instead of a file has a comma at its end.
  const args = ['-i', `${peer.name},`, '-e', `ansible_python_interpreter=${PYTHON}`, join(directory, 'playbook')]
  const control = `-o ControlMaster=auto -o ControlPersist=60s -o ControlPath=${controlPath(directory)}`
  await using client = startClient('ansible-playbook', args, {
    PATH: process.env.PATH,
    HOME: directory,
    LC_ALL: 'C.UTF-8',
    ANSIBLE_NOCOWS: '1',
    ANSIBLE_LOCAL_TEMP: join(directory, 'local'),
    ANSIBLE_REMOTE_TEMP: join(directory, 'remote'),
    ANSIBLE_SSH_ARGS: `-F ${peer.config} ${control}`,
  })
  client.input.end()
  const said = await text(client.output)
  if (!said.includes(` ok=${tasks} `)) throw new Error(`the playbook by ${peer.name} failed:\n${said}`)
  await client.succeeded
}

/** Ends the connection that ansible keeps for its next task. */
async function disconnect(peer: Peer, directory: string): Promise<void> {
  const control = ['-o', `ControlPath=${controlPath(directory)}`, '-O', 'exit']
  await using client = startClient('ssh', ['-q', '-F', peer.config, ...control, peer.name])
  await client.succeeded
}

/** `%n`: the name of the peer. */
function controlPath(directory: string): string {
  return join(directory, '%n')
}
