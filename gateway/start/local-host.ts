import { existsSync, lchownSync, lstatSync, mkdirSync, readFileSync } from 'node:fs'
import { homedir, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { GatewayError } from '../errors.ts'
import type { LocalAccount, LocalHost } from '../target/local-process.ts'

/** What the demo's shell runs as and on: the person who started the gateway, or `nobody` where that is root. */
export async function localHost(): Promise<LocalHost> {
  const account = userInfo().uid === 0 ? nobody() : ourselves()
  const user = account.ids === undefined ? userInfo().username : 'nobody'
  return {
    account,
    environment: {
      HOME: account.home,
      USER: user,
      LOGNAME: user,
      SHELL: account.shell,
      PATH: '/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin',
    },
    spawnTerminal: await loadTerminals(),
  }
}

async function loadTerminals(): Promise<LocalHost['spawnTerminal']> {
  try {
    return (await import('@lydell/node-pty')).spawn
  } catch (cause) {
    const hint = 'the demo needs Linux (glibc) or macOS; add a target over SSH with: gatebook target add'
    throw new GatewayError('installation', 'node-pty has no build for this machine', hint, cause)
  }
}

function ourselves(): LocalAccount {
  const { shell } = userInfo()
  // Accounts of services have no shell to log in with.
  const usable = shell !== null && !/\/(nologin|false)$/.test(shell)
  return { ids: undefined, home: homedir(), shell: usable ? shell : anyShell() }
}

function anyShell(): string {
  return existsSync('/bin/bash') ? '/bin/bash' : '/bin/sh'
}

/** Of `nobody` on Linux where /etc/passwd does not say. */
const NOBODY = 65_534

function nobody(): LocalAccount {
  const found = /^nobody:[^:]*:(?<uid>\d+):(?<gid>\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'))?.groups
  const ids = { uid: Number(found?.uid ?? NOBODY), gid: Number(found?.gid ?? NOBODY) }
  return { ids, home: homeOf(ids), shell: anyShell() }
}

/** Anybody on this machine may have put something there first: a link would give away what it points to. */
function homeOf({ uid, gid }: { readonly uid: number; readonly gid: number }): string {
  const home = join(tmpdir(), 'gatebook-demo-home')
  const found = lstatSync(home, { throwIfNoEntry: false })
  if (found?.isDirectory() === true && found.uid === uid) return home
  if (found !== undefined) {
    throw new GatewayError('installation', `${home} is not the demo's own directory`, 'remove it, and start again')
  }
  mkdirSync(home, { mode: 0o700 })
  lchownSync(home, uid, gid)
  return home
}
