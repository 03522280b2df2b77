import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CertificateStand } from '#test/harness/certificate.ts'
import { newFidoKey } from '#test/harness/fido-key.ts'
import { writeKey } from '#test/harness/gateway.ts'
import { keygen } from '#test/harness/key-file.ts'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { needsProgram } from '#test/harness/requirement.ts'
import { signingAgent } from '#test/harness/signing-agent.ts'
import { ssh } from '#test/harness/ssh.ts'

describe('signing in with OpenSSH', needsProgram('sshd', 'openssh-server'), () => {
  let world: Reachable
  let stand: CertificateStand
  beforeAll(async () => {
    stand = await CertificateStand.open()
    await stand.authority('ca')
    world = await reachable({ environment: { GATEBOOK_USER_CA_FILE: join(stand.directory, 'ca.pub') } })
  })
  afterAll(async () => {
    await world[Symbol.asyncDispose]()
    await stand[Symbol.asyncDispose]()
  })

  it.each([
    ['ed25519', []],
    ['ecdsa', ['-b', '256']],
    ['ecdsa', ['-b', '384']],
    ['ecdsa', ['-b', '521']],
    ['rsa', ['-b', '3072']],
  ])('works with an %s key %j', async (type, size) => {
    const { gateway } = world
    const keyFile = join(gateway.directory, ['key', type, ...size].join(''))
    await gateway.stores.staff.addKey(gateway.staff.id, await keygen(keyFile, '-t', type, ...size), 'test')
    expect((await ssh({ ...gateway, keyFile }, 'web1.acme', ['echo in'])).stdout.toString()).toBe('in\n')
  })

  it.each(['sk-ssh-ed25519@openssh.com', 'sk-ecdsa-sha2-nistp256@openssh.com'] as const)(
    'works with a FIDO key of type %s in an agent',
    async (type) => {
      const { gateway } = world
      const key = newFidoKey(type)
      await gateway.stores.staff.addKey(gateway.staff.id, { type, blob: key.blob, comment: '' }, 'test')
      const socket = join(gateway.directory, `${type}.agent`)
      await using _agent = await signingAgent(socket, [key])
      const keyFile = join(gateway.directory, `${type}.pub`)
      await writeFile(keyFile, `${type} ${key.blob.toString('base64')}\n`)
      const options = ['-o', `IdentityAgent=${socket}`, '-o', 'IdentitiesOnly=no', '--', 'echo in']
      expect((await ssh({ ...gateway, keyFile }, 'web1.acme', options)).stdout.toString()).toBe('in\n')
    },
  )

  it.each([
    ['ed25519', []],
    ['ecdsa', ['-b', '256']],
    ['rsa', ['-b', '3072']],
  ])('works with a certificate for an %s key that nobody has added', async (type, size) => {
    const { gateway } = world
    const keyFile = join(gateway.directory, `certified-${type}`)
    const key = await keygen(keyFile, '-t', type, ...size)
    const command = ['echo in']
    expect((await ssh({ ...gateway, keyFile }, 'web1.acme', command)).status).toBe(255)
    const certificate = await stand.certify('ca', key, '-n', 'ivan', '-V', '-1m:+1h')
    const [first = ''] = certificate.subarray(4).toString('latin1').split('\0')
    await writeFile(`${keyFile}-cert.pub`, `${first} ${certificate.toString('base64')}\n`)
    expect((await ssh({ ...gateway, keyFile }, 'web1.acme', command)).stdout.toString()).toBe('in\n')
  })

  it.each(['@', '+'])('takes a login before the target: LOGIN%sweb1.acme', async (separator) => {
    const login = world.sshd.login
    const { stdout } = await ssh(world.gateway, `${login}${separator}web1.acme`, ['id -un'])
    expect(stdout.toString()).toBe(`${login}\n`)
  })

  it('answers commands of its own without a target', async () => {
    const { gateway } = world
    expect((await ssh(gateway, 'ivan.petrov', ['whoami'])).stdout.toString()).toBe('ivan (ivan), engineer\n')
    const targets = JSON.parse((await ssh(gateway, 'ivan', ['targets --json'])).stdout.toString()) as unknown
    expect(targets).toMatchObject([{ target: 'web1.acme', login: world.sshd.login, open: true }])
    const link = await ssh(gateway, 'ivan', ['login'])
    expect(link.stdout.toString()).toMatch(/^http:\/\/\S+\n$/)
  })

  it('refuses a key nobody is known by, and says what to do', async () => {
    const keyFile = join(world.gateway.directory, 'stranger')
    await writeKey(keyFile)
    const options = ['-o', 'LogLevel=INFO', '--', 'true']
    const { stdout, stderr, status } = await ssh({ ...world.gateway, keyFile }, 'web1.acme', options)
    expect([stdout.length, status]).toEqual([0, 255])
    expect(gatewayLines(stderr)).toEqual([
      expect.stringMatching(
        /^nobody is known by the key SHA256:\S+; an administrator adds it with: gatebook staff key add/,
      ),
    ])
  })
})

function gatewayLines(stderr: string): string[] {
  return stderr
    .split(/\r?\n/)
    .filter((line) => line.startsWith('gatebook: '))
    .map((line) => line.slice('gatebook: '.length))
}
