import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestGateway } from './gateway.ts'

/** An ssh_config in which `bastion` is the gateway, as an administrator has it; gives its path. */
export async function writeJumpConfig(gateway: TestGateway, keyFile: string): Promise<string> {
  const path = join(gateway.directory, 'ssh_config')
  const options = ['IdentitiesOnly yes', 'IdentityAgent none', 'BatchMode yes', 'LogLevel ERROR']
  const trust = ['StrictHostKeyChecking no', 'UserKnownHostsFile /dev/null', `IdentityFile ${keyFile}`]
  const bastion = ['Host bastion', 'HostName 127.0.0.1', `Port ${gateway.sshPort}`, 'User ivan', 'Host *']
  await writeFile(path, `${[...bastion, ...options, ...trust].join('\n')}\n`)
  return path
}
