import { fullTargetName } from '../../access/names.ts'
import { jsonText } from '../../printing/json-text.ts'
import type { ServerHostKey } from '../../transport/transport.ts'
import { NO_TARGETS, ownTargets, type OwnTargetsParts } from './own-targets.ts'
import type { ServiceCommand } from './service-command.ts'

export interface SshConfigParts extends OwnTargetsParts {
  readonly publicSsh: { readonly host: string; readonly port: number }
  readonly hostKeys: Readonly<Record<string, Pick<ServerHostKey, 'type' | 'getPublicSSH'>>>
  readonly sshAddress: (userName: string) => string
}

interface ReachableTarget {
  readonly target: string
  readonly login: string
  readonly logins: readonly string[]
}

/**
 * `ssh bastion ssh-config`: a block for `~/.ssh/config` by which `ssh web1.acme` alone works. Every server shows the
 * gateway's own host key, so one name in `known_hosts` serves them all: the one that ssh writes there anyway at the
 * first `ssh bastion`.
 */
export function sshConfigCommand(parts: SshConfigParts): ServiceCommand {
  const { host, port } = parts.publicSsh
  // As OpenSSH names a host in known_hosts (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT).
  const knownAs = port === 22 ? host : `[${host}]:${port}`
  return {
    name: 'ssh-config',
    purpose: 'a block for ~/.ssh/config, so that ssh web1.acme alone works',
    takes: ['json'],
    async answer({ staff }, { json }) {
      const targets = (await ownTargets(parts, staff.id)).map(({ target }) => {
        return { target: fullTargetName(target), login: target.login, logins: target.logins }
      })
      const user = userNameOf(staff.login)
      const knownHosts = knownHostsLines(knownAs, parts.hostKeys)
      if (json) {
        return {
          output: jsonText({ host: 'bastion', hostName: host, port, user, hostKeyAlias: knownAs, knownHosts, targets }),
        }
      }
      const gateway = block('Host bastion', `HostName ${host}`, `Port ${port}`, `User ${user}`)
      const head = headLines(parts.sshAddress(''), knownHosts)
      const output = [head, gateway, ...targets.map((each) => targetBlock(each, knownAs))].join('\n')
      return { output, ...(targets.length === 0 && { notes: [NO_TARGETS] }) }
    },
  }
}

/** The user name says where to go; one with a dot could be that of a target. */
function userNameOf(login: string): string {
  return login.replaceAll('.', '_')
}

function knownHostsLines(knownAs: string, hostKeys: SshConfigParts['hostKeys']): readonly string[] {
  return Object.values(hostKeys).map((key) => `${knownAs} ${key.type} ${key.getPublicSSH().toString('base64')}`)
}

function headLines(address: string, knownHosts: readonly string[]): string {
  const lines = [
    'Keep it as a file of its own, and let ~/.ssh/config begin with: Include gatebook.config',
    `  ssh ${address} ssh-config > ~/.ssh/gatebook.config`,
    'The line of ~/.ssh/known_hosts for the gateway and every server behind it:',
    ...knownHosts,
  ]
  return lines.map((line) => `# ${line}\n`).join('')
}

function targetBlock({ target, login, logins }: ReachableTarget, knownAs: string): string {
  const others = logins.filter((each) => each !== login)
  const note = others.length === 0 ? '' : `# or as ${others.join(', ')}\n`
  return note + block(`Host ${target}`, `User ${login}`, 'ProxyJump bastion', `HostKeyAlias ${knownAs}`)
}

function block(head: string, ...settings: readonly string[]): string {
  return `${head}\n${settings.map((setting) => `  ${setting}\n`).join('')}`
}
