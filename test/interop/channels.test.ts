import { describe, expect, it } from 'vitest'
import { testGateway } from '#test/harness/gateway.ts'
import { needsProgram } from '#test/harness/requirement.ts'
import { ssh } from '#test/harness/ssh.ts'
import { testSshd } from '#test/harness/sshd.ts'

async function reachable() {
  const sshd = await testSshd()
  const gateway = await testGateway()
  await sshd.authorize(gateway.supportKey)
  const target = await gateway.addTarget('web1', { kind: 'ssh', host: '127.0.0.1', port: sshd.port }, sshd.login)
  await gateway.stores.targets.trust(target.id, [{ type: 'ssh-ed25519', blob: sshd.hostKey }], 'test')
  return {
    gateway,
    sshd,
    target,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await sshd[Symbol.asyncDispose]()
    },
  }
}

describe('a command over the gateway', needsProgram('sshd', 'openssh-server'), () => {
  it('gives its output, its errors and its exit status', async () => {
    await using world = await reachable()
    const result = await ssh(world.gateway, 'web1.acme', ['echo out; echo err >&2; exit 7'])
    expect(result).toEqual({ stdout: Buffer.from('out\n'), stderr: 'err\n', status: 7 })
  })

  it('takes piped input to its end', async () => {
    await using world = await reachable()
    const result = await ssh(world.gateway, 'web1.acme', ['wc -c'], Buffer.alloc(3_000_000))
    expect(result.stdout.toString().trim()).toBe('3000000')
  })
})
