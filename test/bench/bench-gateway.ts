import { appendFile } from 'node:fs/promises'
import type { TestSshd } from '#test/harness/sshd.ts'
import { newKey, type TestKey } from '#test/harness/test-key.ts'
import type { GatewayProcess } from './gateway-process.ts'

/** What people type before the `@` to reach the target. */
export const TARGET = 'web1.acme'

/**
 * Lets one person reach one target, by the commands an operator types. `keyFile` has that person's public
 * keys and gets one more, which is returned with the support key to authorize on the target.
 */
export async function furnish(
  gateway: GatewayProcess,
  target: Pick<TestSshd, 'port' | 'login'>,
  keyFile: string,
): Promise<{ staffKey: TestKey; supportKey: Buffer }> {
  const staffKey = newKey('ssh-ed25519')
  await appendFile(keyFile, `ssh-ed25519 ${staffKey.blob.toString('base64')}\n`)
  await gateway.command('client', 'add', 'acme', '--name', 'Acme', '--zone', 'UTC')
  const line = await gateway.command('key', 'issue', 'acme')
  const person = ['--name', 'Bench', '--email', 'bench@example.org', '--role', 'engineer', '--key', keyFile]
  await gateway.command('staff', 'add', 'bench', ...person)
  await gateway.command('grant', 'add', 'bench', 'acme')
  const address = ['--host', '127.0.0.1', '--port', String(target.port), '--login', target.login]
  await gateway.command('target', 'add', TARGET, ...address)
  await gateway.command('target', 'trust', TARGET)
  return { staffKey, supportKey: publicBlob(line) }
}

/** The key of a line of `authorized_keys`, in wire form. */
export function publicBlob(line: string): Buffer {
  const base64 = /ssh-ed25519 (\S+)/.exec(line)?.[1]
  if (base64 === undefined) throw new Error(`no ed25519 key in: ${line}`)
  return Buffer.from(base64, 'base64')
}
