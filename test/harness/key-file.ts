import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { parsePublicKeyFile } from '#gateway/access/public-key-line.ts'
import type { NewStaffKey } from '#gateway/access/staff.ts'

const run = promisify(execFile)

/** The public half of a private key file, in wire form. */
export async function blobOfKeyFile(path: string): Promise<Buffer> {
  const { stdout } = await run('ssh-keygen', ['-y', '-f', path])
  return onlyKey(stdout).blob
}

/** A key made by OpenSSH's own ssh-keygen at `path`, such as one by `-t rsa -b 3072`; gives its public half. */
export async function keygen(path: string, ...options: readonly string[]): Promise<NewStaffKey> {
  await run('ssh-keygen', ['-q', '-N', '', '-f', path, ...options])
  return onlyKey(await readFile(`${path}.pub`, 'utf8'))
}

function onlyKey(text: string): NewStaffKey {
  const [key] = parsePublicKeyFile(text)
  if (key === undefined) throw new Error('no key')
  return key
}
