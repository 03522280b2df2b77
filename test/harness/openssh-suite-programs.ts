import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { offerToStaff } from '#gateway/transport/algorithms.ts'
import type { TestGateway } from './gateway.ts'
import { findProgram } from './requirement.ts'
import { sshOptions } from './ssh.ts'

/** By the target's name in the user name, or by `ssh -J`. */
export type Route = 'plain' | 'jump'

export interface Way {
  /** The folder of the script, and of our stand-ins. */
  readonly directory: string
  /** Of client acme. */
  readonly target: string
  readonly route: Route
  /** Whether the configuration that the script gives its ssh runs an sshd as ProxyCommand. */
  readonly proxied: boolean
}

/** Where Debian's package openssh-tests puts OpenSSH's regression scripts. */
export const SUITE = '/usr/lib/openssh/regress'
const SFTP_SERVER = '/usr/lib/openssh/sftp-server'

/** The ssh that the scripts run: GATEBOOK_TEST_SSH, such as a newer one, else that on PATH. */
export const testedSsh = process.env.GATEBOOK_TEST_SSH ?? findProgram('ssh') ?? 'ssh'

/**
 * Writes stand-ins for ssh, scp and sftp which do as a script says, but through the gateway. Gives the environment by
 * which the suite takes them for the real ones.
 */
export async function programsThroughGateway(gateway: TestGateway, way: Way): Promise<NodeJS.ProcessEnv> {
  const write = async (name: string, text: string) => {
    const path = join(way.directory, name)
    await writeFile(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 })
    return path
  }
  const config = join(way.directory, 'ssh_proxy')
  await write('scripts/scp-ssh-wrapper.sh', scpTransport(config))
  return {
    TEST_SSH_SSH: await write('ssh-through', await sshThrough(gateway, way)),
    TEST_SSH_SCP: await write('scp-through', withoutOwnServer('scp', `-S "$SSH" -F ${config} "$@"`)),
    TEST_SSH_SFTP: await write('sftp-through', withoutOwnServer('sftp', `-S "$SSH" -F ${config} "$@" somehost`)),
    TEST_SSH_SFTPSERVER: SFTP_SERVER,
  }
}

/** Of two values of an option ssh takes the first: what the script says of host, port and user comes too late. */
async function sshThrough(gateway: TestGateway, { target, route, proxied }: Way): Promise<string> {
  const jump = [testedSsh, ...sshOptions(gateway), '-p', gateway.sshPort, '-W', '%h:%p', '127.0.0.1'].join(' ')
  const plain = ['HostName=127.0.0.1', `Port=${gateway.sshPort}`, `User=${target}.acme`]
  const where = {
    plain: proxied ? [...plain, 'ProxyCommand=none'] : plain,
    jump: [`HostName=${target}.acme`, 'Port=22', `User=${userInfo().username}`, `ProxyCommand=${jump}`],
  }[route]
  const identity = [`IdentityFile=${gateway.keyFile}`, 'IdentitiesOnly=yes']
  const known = ['HostKeyAlias=gatebook', 'UserKnownHostsFile=/dev/null', 'GlobalKnownHostsFile=/dev/null']
  const settings = [...where, ...identity, ...known, 'StrictHostKeyChecking=no']
  const options = settings.map((setting) => `-o '${setting}'`)
  return `${await answersToQueries()}\n${pastGateway}\nexec ${testedSsh} ${options.join(' ')} "$@"`
}

/**
 * Where a script tries what has been forwarded, at a port that is not its sshd's or by a ProxyCommand: that leads to sshd
 * itself.
 */
const pastGateway = `next=
for argument; do
  case "$next$argument" in
  -p) next=port ;;
  -p$TEST_SSH_PORT | port$TEST_SSH_PORT) next= ;;
  -p[0-9]* | port*) exec ${testedSsh} "$@" ;;
  'ProxyCommand '*) exec ${testedSsh} "$@" ;;
  esac
done`

/** Scripts that try every algorithm of \`ssh -Q\` find those that the gateway offers to OpenSSH. */
async function answersToQueries(): Promise<string> {
  const { kex, cs } = offerToStaff(['ssh-ed25519'], 'OpenSSH_')
  const offered = { kex, cipher: cs.cipher, 'cipher-auth': cs.cipher, mac: cs.mac, 'key-plain': ['ssh-ed25519'] }
  const answers = Object.entries(offered).map(async ([query, names]) => {
    const known = (await promisify(execFile)(testedSsh, ['-Q', query])).stdout.split('\n')
    const both = names.filter((name) => known.includes(name))
    return `*'-Q ${query}') printf '%s\\n' ${both.join(' ')}; exit ;;`
  })
  return `case "$*" in\n${(await Promise.all(answers)).join('\n')}\nesac`
}

/**
 * `-D` of scp and sftp runs a server on this machine instead of ssh. Here it is the target's: the subsystem, or where
 * a script has written a server of its own, that.
 */
function withoutOwnServer(program: string, args: string): string {
  return `next= server=
for argument; do
  shift
  case "$next$argument" in
  -D) next=server ;;
  server*)
    next= server=$argument
    [ "$argument" = ${SFTP_SERVER} ] || set -- "$@" -s "$argument" ;;
  *) set -- "$@" "$argument" ;;
  esac
done
[ -z "$server" ] || exec ${program} ${args}
exec ${program} "$@"`
}

/** What the suite gives to `scp -S`: it runs the remote scp itself, or lies in its place. Here both are the target's. */
function scpTransport(config: string): string {
  return `[ -n "$SCPTESTMODE" ] || exec "$SSH" -F ${config} "$@"
exec "$SSH" -F ${config} somehost "DIR=$DIR SCPTESTMODE=$SCPTESTMODE sh ${SUITE}/scp-ssh-wrapper.sh scp"`
}
