import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Reachable } from './reachable.ts'

/**
 * Writes a configuration of ssh for a world: `web1` is the target by the user name, `web1.acme` by `-J`. Gives its
 * path; a program that takes no `-F` takes `ssh -F PATH` in the place of ssh.
 */
export async function writeSshConfig({ gateway, sshd }: Reachable): Promise<string> {
  const path = join(gateway.directory, 'ssh_config')
  const place = `HostName 127.0.0.1\nPort ${gateway.sshPort}\n`
  const all = ['IdentitiesOnly yes', 'IdentityAgent none', 'BatchMode yes', 'LogLevel ERROR']
  const trust = ['StrictHostKeyChecking no', 'UserKnownHostsFile /dev/null', `IdentityFile ${gateway.keyFile}`]
  const bastion = `Host bastion\n${place}User ivan\n`
  const straight = `Host web1\n${place}User web1.acme\n`
  const jump = `Host web1.acme\nProxyJump bastion\nUser ${sshd.login}\n`
  await writeFile(path, `${bastion}${straight}${jump}Host *\n${[...all, ...trust].join('\n')}\n`)
  return path
}
