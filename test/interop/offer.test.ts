import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { needsProgram } from '#test/harness/requirement.ts'
import { run, ssh } from '#test/harness/ssh.ts'

let world: Reachable
beforeAll(async () => {
  world = await reachable()
})
afterAll(() => world[Symbol.asyncDispose]())

/** Newer than the program: each is what an ssh-audit that knows it recommends. */
const UNKNOWN_TO_OLD_RELEASES = ['kex-strict-s-v00@openssh.com', 'mlkem768x25519-sha256']

describe('ssh-audit', needsProgram('ssh-audit', 'ssh-audit'), () => {
  it('reports no fail and no warning, but for names that are newer than itself', async () => {
    const { stdout } = await run('ssh-audit', ['-n', '-p', String(world.gateway.sshPort), '127.0.0.1'])
    const report = stdout.toString().split('\n')
    const offered = (name: string) => report.some((line) => line.includes(name))
    for (const name of ['(kex) mlkem768', '(key) ssh-ed25519', '(enc) aes128-gcm', '(mac) hmac-sha2-256-etm']) {
      expect(offered(name), name).toBe(true)
    }
    const complaints = report.filter((line) => /\[(fail|warn)\]/.test(line))
    const unknown = (line: string) =>
      line.includes('unknown algorithm') && UNKNOWN_TO_OLD_RELEASES.some((name) => line.includes(name))
    expect(complaints.filter((line) => !unknown(line))).toEqual([])
  })
})

describe('OpenSSH', needsProgram('sshd', 'openssh-server'), () => {
  it.each(['curve25519-sha256', 'curve25519-sha256@libssh.org'])('agrees on %s, strictly ordered', async (kex) => {
    const options = ['-o', `KexAlgorithms=${kex}`, '-o', 'LogLevel=DEBUG3', '--', 'echo in']
    const { stdout, stderr } = await ssh(world.gateway, 'web1.acme', options)
    expect(stdout.toString()).toBe('in\n')
    expect(stderr).toContain(`kex: algorithm: ${kex}`)
    expect(stderr).toContain('kex: host key algorithm: ssh-ed25519')
    expect(stderr).toContain('cipher: aes128-gcm@openssh.com')
    expect(stderr).toContain('will use strict KEX ordering')
  })

  it('agrees on mlkem768x25519-sha256 where it can, and falls back where it cannot', async () => {
    const { stderr } = await ssh(world.gateway, 'web1.acme', ['-o', 'LogLevel=DEBUG1', '--', 'true'])
    const known = (await run('ssh', ['-Q', 'kex'])).stdout.toString().split('\n')
    const expected = known.find((name) => name === 'mlkem768x25519-sha256') ?? 'curve25519-sha256'
    expect(stderr).toContain(`kex: algorithm: ${expected}`)
  })

  it('is told what staff may sign with, without SHA-1, and nothing else', async () => {
    const { stderr } = await ssh(world.gateway, 'web1.acme', ['-o', 'LogLevel=DEBUG3', '--', 'true'])
    const told = stderr.split('\n').filter((line) => line.includes('kex_input_ext_info:'))
    const names = /server-sig-algs=<(.*)>/.exec(told.join())?.[1]?.split(',') ?? []
    for (const name of ['ssh-ed25519', 'sk-ssh-ed25519@openssh.com', 'ecdsa-sha2-nistp256', 'rsa-sha2-512']) {
      expect(names).toContain(name)
    }
    expect(names.filter((name) => /^ssh-(rsa|dss)|@libssh/.test(name))).toEqual([])
    expect(told).toHaveLength(1)
  })

  it('compresses nothing, whatever it would like', async () => {
    const options = ['-o', 'Compression=yes', '-o', 'LogLevel=DEBUG1', '--', 'echo in']
    const { stdout, stderr } = await ssh(world.gateway, 'web1.acme', options)
    expect(stdout.toString()).toBe('in\n')
    expect(stderr).toContain('compression: none')
  })

  it.each([
    ['KexAlgorithms', 'ecdh-sha2-nistp256'],
    ['KexAlgorithms', 'diffie-hellman-group14-sha256'],
    ['Ciphers', 'chacha20-poly1305@openssh.com'],
    ['Ciphers', 'aes256-ctr'],
    ['HostKeyAlgorithms', 'ecdsa-sha2-nistp256,rsa-sha2-512'],
  ])('with nothing but %s=%s agrees on nothing', async (option, value) => {
    const options = ['-o', `${option}=${value}`, '-o', 'LogLevel=INFO', '--', 'true']
    const { status, stderr } = await ssh(world.gateway, 'web1.acme', options)
    expect([status, stderr]).toEqual([255, expect.stringContaining('no matching')])
  })
})
