import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { describe, expect, it } from 'vitest'
import { staffKey, staffMember } from '#shared/api.ts'
import { installation, publicKey } from './installation.ts'

const ivan = [
  'staff',
  'add',
  'ivan',
  '--name',
  'Иван Петров',
  '--email',
  'ivan@example.org',
  '--role',
  'engineer,admin',
]
const fingerprint = 'SHA256:'

describe('staff', () => {
  it('are added with a key from a file or from stdin, listed and shown', async () => {
    await using home = await installation()
    const file = join(home.dataDirectory, 'ivan.pub')
    await writeFile(file, publicKey)
    expect(await home.gatebook([...ivan, '--key', file])).toEqual({
      out: '',
      err: 'gatebook: added ivan with one key\n',
      status: 0,
    })
    const list = z.array(z.strictObject(staffMember.shape)).parse(await home.json('staff list'))
    expect(list).toMatchObject([{ login: 'ivan', name: 'Иван Петров', roles: ['admin', 'engineer'], disabledAt: null }])
    const shown = z
      .strictObject({ ...staffMember.shape, keys: z.array(z.strictObject(staffKey.shape)) })
      .parse(await home.json('staff show ivan'))
    expect(shown.keys).toMatchObject([{ type: 'ssh-ed25519', comment: 'ivan@laptop', lastUsedAt: null }])
    expect((await home.gatebook('staff show ivan')).out).toContain(shown.keys[0]!.fingerprint)
    expect((await home.gatebook('staff list')).out).toMatch(/^login\s+name[^]*ivan\s+Иван Петров\s+ivan@example\.org/)
  })

  it('are refused with a private key, and the key is not repeated', async () => {
    await using home = await installation()
    const stdin = '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----\n'
    const seen = await home.gatebook([...ivan, '--key', '-'], { stdin })
    expect(seen).toEqual({
      out: '',
      err: 'gatebook: this is a private key: it must stay where it was made; give the file that ends in .pub\n',
      status: 1,
    })
    expect(await home.json('staff list')).toEqual([])
  })

  it('are refused with a file that is not there', async () => {
    await using home = await installation()
    const seen = await home.gatebook([...ivan, '--key', '/nonexistent.pub'])
    expect(seen.status).toBe(1)
    expect(seen.err).toBe(
      'gatebook: cannot read /nonexistent.pub (ENOENT: no such file or directory); check its name and who may read it\n',
    )
  })

  it('are refused with a login or a key that somebody has', async () => {
    await using home = await installation()
    await home.gatebook([...ivan, '--key', '-'], { stdin: publicKey })
    const sameLogin = await home.gatebook([...ivan, '--key', '-'], { stdin: publicKey })
    expect(sameLogin.err).toMatch(/^gatebook: .*ivan.*\n$/)
    const sameKey = await home.gatebook(ivan.with(2, 'oleg').concat('--key', '-'), { stdin: publicKey })
    expect(sameKey.err).toMatch(/^gatebook: .*key.*\n$/)
    expect([sameLogin.status, sameKey.status]).toEqual([1, 1])
  })

  it('are disabled and enabled again', async () => {
    await using home = await installation()
    await home.gatebook([...ivan, '--key', '-'], { stdin: publicKey })
    expect((await home.gatebook('staff disable ivan')).err).toBe('gatebook: ivan is disabled\n')
    expect(await home.json('staff list')).toMatchObject([{ disabledAt: expect.stringMatching(/Z$/) }])
    expect((await home.gatebook('staff enable ivan')).err).toBe('gatebook: ivan is enabled\n')
    expect(await home.json('staff list')).toMatchObject([{ disabledAt: null }])
  })

  it('are changed, and may be bound to addresses', async () => {
    await using home = await installation()
    await home.gatebook([...ivan, '--from', '203.0.113.7, 2001:DB8::/32', '--key', '-'], { stdin: publicKey })
    expect(await home.json('staff show ivan')).toMatchObject({ from: ['203.0.113.7', '2001:db8::/32'] })
    expect((await home.gatebook('staff show ivan')).out).toMatch(/^from\s+203\.0\.113\.7, 2001:db8::\/32$/m)
    const set = await home.gatebook(['staff', 'set', 'ivan', '--from', '198.51.100.0/24', '--role', 'auditor'])
    expect(set).toEqual({ out: '', err: 'gatebook: changed ivan\n', status: 0 })
    const changed = { name: 'Иван Петров', email: 'ivan@example.org', roles: ['auditor'], from: ['198.51.100.0/24'] }
    expect(await home.json('staff show ivan')).toMatchObject(changed)
    await home.gatebook('staff set ivan --from any --name Ivan --email i@example.org')
    const open = { name: 'Ivan', email: 'i@example.org', roles: ['auditor'], from: [] }
    expect(await home.json('staff list')).toMatchObject([open])
    expect((await home.gatebook('staff show ivan')).out).toMatch(/^from\s+anywhere$/m)
    for (const wrong of ['', '203.0.113.0/33', 'everywhere', '203.0.113.7,any']) {
      const seen = await home.gatebook(['staff', 'set', 'ivan', '--from', wrong])
      expect([seen.status, seen.err]).toEqual([2, expect.stringContaining('addresses or networks such as')])
    }
    expect((await home.gatebook('staff set ivan')).status).toBe(2)
  })

  it('get keys and lose them', async () => {
    await using home = await installation()
    await home.gatebook([...ivan, '--key', '-'], { stdin: publicKey })
    const [key] = z.array(staffKey).parse(await home.json('staff key list ivan'))
    expect((await home.gatebook(`staff key remove ivan ${key!.fingerprint}`)).status).toBe(0)
    expect(await home.json('staff key list ivan')).toEqual([])
    const again = await home.gatebook(`staff key remove ivan ${fingerprint}none`)
    expect(again).toMatchObject({ out: '', status: 1 })
    await home.gatebook('staff key add ivan -', { stdin: publicKey })
    expect(await home.json('staff key list ivan')).toMatchObject([{ fingerprint: key!.fingerprint }])
  })

  it('that nobody knows are refused, naming the nearest', async () => {
    await using home = await installation()
    await home.gatebook([...ivan, '--key', '-'], { stdin: publicKey })
    for (const command of [
      'staff show',
      'staff set --name I',
      'staff disable',
      'staff enable',
      'staff key list',
      'login',
    ]) {
      expect(await home.gatebook(`${command} iwan`)).toEqual({
        out: '',
        err: 'gatebook: there is no staff member iwan; did you mean ivan? see: gatebook staff list\n',
        status: 1,
      })
    }
  })
})
