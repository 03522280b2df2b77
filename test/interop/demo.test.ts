import { spawnSync } from 'node:child_process'
import { chown, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { isAlive } from '#gateway/storage/process-alive.ts'
import { gatewayProcess } from '#test/harness/gateway-process.ts'
import { needs, needsProgram, type Requirement } from '#test/harness/requirement.ts'
import { ssh } from '#test/harness/ssh.ts'
import { freePort } from '#test/harness/sshd.ts'
import { openTerminal } from '#test/harness/terminal.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** `nobody`, by number. */
const ORDINARY = 65_534
const AS_ORDINARY = ['setpriv', `--reuid=${ORDINARY}`, `--regid=${ORDINARY}`, '--clear-groups']
const weAreRoot = process.getuid?.() === 0

function ordinaryUserCanRead(): Requirement {
  const asThem = spawnSync(AS_ORDINARY[0] ?? '', [...AS_ORDINARY.slice(1), 'test', '-r', join(root, 'package.json')])
  return needs(asThem.status === 0, 'a checkout that other users can read', 'clone outside of /root')
}

/** Who runs the demo: root and an ordinary user, or just who runs the tests. */
const newcomers = weAreRoot
  ? [
      { who: 'root', prefix: [], requirement: {} },
      { who: 'an ordinary user', prefix: AS_ORDINARY, requirement: ordinaryUserCanRead() },
    ]
  : [{ who: 'an ordinary user', prefix: [], requirement: {} }]

async function newHome(prefix: readonly string[]): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'gatebook-home-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  if (prefix.length > 0) await chown(home, ORDINARY, ORDINARY)
  return home
}

/** Processes whose command line or working directory is inside a directory. */
async function processesIn(directory: string): Promise<string[]> {
  const found: string[] = []
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    const place = await readlink(`/proc/${pid}/cwd`).catch(() => '')
    if (command.includes(directory) || place.startsWith(directory)) found.push(`${pid} ${command}`)
  }
  return found
}

describe('the demo', needsProgram('ssh', 'openssh-client'), () => {
  for (const { who, prefix, requirement } of newcomers) {
    it(`works for ${who}, twice, and leaves no process behind`, { ...requirement, timeout: 120_000 }, async () => {
      const home = await newHome(prefix)
      const [sshPort, httpPort] = [await freePort(), await freePort()]
      const environment = {
        HOME: home,
        GATEBOOK_DATA: join(home, 'data'),
        GATEBOOK_SSH_LISTEN: `127.0.0.1:${sshPort}`,
        GATEBOOK_HTTP_LISTEN: `127.0.0.1:${httpPort}`,
      }
      for (const _ of ['first', 'second']) {
        const gateway = await gatewayProcess({ environment, args: ['--demo'], prefix })
        onTestFinished(() => void gateway.child.kill('SIGKILL'))
        const keyFile = await gateway.until(new RegExp(`^  work: +ssh -i (\\S+) -p ${sshPort} box\\.demo@\\S+$`, 'm'))
        await gateway.until(new RegExp(`^  look: +http://\\S+:${httpPort}/\\S+$`, 'm'))
        await gateway.until(/^ {2}minutes: +npx gatebook time --month \d{4}-\d{2}$/m)
        const door = { sshPort, keyFile }
        const command = await ssh(door, 'box.demo', ['id -u; echo err >&2; exit 7'])
        expect(command).toMatchObject({ stderr: 'err\n', status: 7 })
        expect(command.stdout.toString(), 'never root').toMatch(/^[1-9]\d*\n$/)
        const terminal = openTerminal(door, 'box.demo')
        // The shell waits by itself: a program that it is about to start would miss the hang-up, as under sshd.
        terminal.type('sleep 1000 & echo "shell $$ and $!"; read line\r')
        await terminal.until(/shell \d+ and \d+\r\n/)
        await gateway.end('SIGINT')
        expect(gateway.child.exitCode, gateway.said()).toBe(0)
        expect(await terminal.ended).toBe(255)
        expect(terminal.output().toString()).toContain('gatebook: the gateway is stopping')
        expect(await processesIn(environment.GATEBOOK_DATA)).toEqual([])
        const pids = /shell (\d+) and (\d+)/.exec(terminal.output().toString())?.slice(1).map(Number) ?? []
        expect(pids).toHaveLength(2)
        // The shells have been hung up; they leave as fast as the machine lets them.
        await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), { timeout: 5000 })
        await vi.waitFor(async () => expect(await processesIn(home)).toEqual([]), { timeout: 5000 })
      }
    })
  }
})
