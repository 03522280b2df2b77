import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { findProgram } from './requirement.ts'

const run = promisify(execFile)

/** A real OpenSSH server on loopback that lets the account of the tests in. */
export interface TestSshd {
  readonly port: number
  /** Who may log in: the account that runs the tests. */
  readonly login: string
  readonly directory: string
  /** Wire form of its ed25519 host key. */
  readonly hostKey: Buffer
  /** Replaces the authorized keys by these (wire form). */
  authorize(...keys: readonly Buffer[]): Promise<void>
  /** The same with a line as it stands in authorized_keys. */
  authorizeLine(line: string): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export async function testSshd(extraConfig: readonly string[] = []): Promise<TestSshd> {
  const directory = await mkdtemp(join(tmpdir(), 'gatebook-sshd-'))
  const port = await freePort()
  const authorizedKeys = join(directory, 'authorized_keys')
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(directory, 'host_key')])
  await writeFile(authorizedKeys, '', { mode: 0o600 })
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true })
  const config = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(directory, 'host_key')}`,
    `AuthorizedKeysFile ${authorizedKeys}`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'PermitRootLogin yes',
    'AcceptEnv LANG LC_*',
    'Subsystem sftp internal-sftp',
    'MaxSessions 50',
    'MaxStartups 100',
    'PrintMotd no',
    'PidFile none',
    ...extraConfig,
  ]
  await writeFile(join(directory, 'sshd_config'), `${config.join('\n')}\n`)
  const server = spawn(findProgram('sshd') ?? 'sshd', ['-D', '-e', '-f', join(directory, 'sshd_config')], {
    stdio: 'ignore',
  })
  await untilListening(port)
  const [, base64 = ''] = (await readFile(join(directory, 'host_key.pub'), 'utf8')).split(' ')
  return {
    port,
    login: userInfo().username,
    directory,
    hostKey: Buffer.from(base64, 'base64'),
    authorize: (...keys) =>
      writeFile(authorizedKeys, keys.map((key) => `${keyType(key)} ${key.toString('base64')}\n`).join('')),
    authorizeLine: (line) => writeFile(authorizedKeys, `${line}\n`),
    async [Symbol.asyncDispose]() {
      if (server.exitCode === null) {
        server.kill()
        await once(server, 'exit')
      }
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** RFC 4253 §6.6: a public key begins with the name of its type. */
function keyType(key: Buffer): string {
  return key.toString('latin1', 4, 4 + key.readUInt32BE())
}

/** A port on loopback that nobody has, until somebody takes it. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

async function untilListening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const answered = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('data', () => resolve(true))
      socket.once('error', () => resolve(false))
      socket.once('close', () => resolve(false))
      socket.once('data', () => socket.destroy())
    })
    if (answered) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('sshd does not answer')
}
