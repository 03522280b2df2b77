import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { systemClock } from '#gateway/clock.ts'
import { CertificateStand } from '#test/harness/certificate.ts'
import { keygen } from '#test/harness/key-file.ts'
import { reachable } from '#test/harness/reachable.ts'
import { needsProgram } from '#test/harness/requirement.ts'
import { ssh, startSsh } from '#test/harness/ssh.ts'

const HOURS_MS = 3_600_000

it(
  'a connection that is kept open begins nothing new when the certificate has ended that let it in',
  needsProgram('sshd', 'openssh-server'),
  async () => {
    await using stand = await CertificateStand.open()
    const authority = await stand.authority('ca')
    const caFile = join(stand.directory, 'authorities')
    await writeFile(caFile, `ssh-ed25519 ${authority.toString('base64')} ca\n`)
    let aheadMs = 0
    await using world = await reachable({
      environment: { GATEBOOK_USER_CA_FILE: caFile },
      clock: { ...systemClock, now: () => new Date(Date.now() + aheadMs) },
    })
    const keyFile = join(stand.directory, 'ivan')
    const { blob } = await keygen(keyFile, '-t', 'ed25519')
    const certificate = await stand.certify('ca', { type: 'ssh-ed25519', blob }, '-n', 'ivan', '-V', '-1h:+8h')
    await writeFile(`${keyFile}-cert.pub`, `ssh-ed25519-cert-v01@openssh.com ${certificate.toString('base64')}\n`)
    const door = { ...world.gateway, keyFile }
    const socket = join(stand.directory, 'socket')
    const through = (command: string) => ssh(door, 'web1.acme', ['-S', socket, '--', command])

    const master = startSsh(door, 'web1.acme', ['-M', '-S', socket, '-N', '--'])
    try {
      await expect.poll(async () => (await ssh(door, 'web1.acme', ['-S', socket, '-O', 'check', '--'])).status).toBe(0)
      expect((await through('echo before')).stdout.toString()).toBe('before\n')
      aheadMs = 9 * HOURS_MS
      const { stdout, status } = await through('echo after')
      expect([stdout.toString(), status]).toEqual(['', 255])
    } finally {
      master.kill()
    }
  },
)
