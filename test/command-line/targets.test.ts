import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { describe, expect, it } from 'vitest'
import { fingerprint } from '#gateway/access/fingerprint.ts'
import type { TargetProbe } from '#gateway/command-line/program-parts.ts'
import { GatewayError } from '#gateway/errors.ts'
import { createVault } from '#gateway/vault/seal.ts'
import { openTargetPassword } from '#gateway/vault/target-password.ts'
import { hostKey, target } from '#shared/api.ts'
import { installation } from './installation.ts'

const shownTarget = z.strictObject({
  ...target.shape,
  hasPassword: z.boolean(),
  hostKeys: z.array(z.strictObject(hostKey.shape)),
  policy: z.object({}),
  ownPolicy: z.object({}),
})

async function withAcme() {
  const home = await installation()
  await home.gatebook('client add acme --name Acme --zone UTC')
  return home
}

const hostKeys = (...seeds: number[]) => seeds.map((seed) => ({ type: `type-${seed}`, blob: Buffer.alloc(51, seed) }))

describe('targets', () => {
  it('are added with port 22 and login root unless said, changed, listed, shown and removed', async () => {
    await using home = await withAcme()
    expect((await home.gatebook('target add web1.acme --host web1.example')).err).toBe(
      'gatebook: added web1.acme; next: gatebook target trust web1.acme\n',
    )
    const [listed] = z.array(z.strictObject(target.shape)).parse(await home.json('target list'))
    expect(listed).toMatchObject({
      target: 'web1.acme',
      client: 'acme',
      reach: 'ssh',
      host: 'web1.example',
      port: 22,
      login: 'root',
      logins: [],
      notes: '',
    })
    await home.gatebook('target set web1.acme --port 2200 --logins deploy,www-data')
    await home.gatebook('target set web1.acme --login admin --notes -', { stdin: 'disk is small\nback up first\n' })
    expect(shownTarget.parse(await home.json('target show web1.acme'))).toMatchObject({
      host: 'web1.example',
      port: 2200,
      login: 'admin',
      logins: ['deploy', 'www-data'],
      notes: 'disk is small\nback up first\n',
      hasPassword: false,
    })
    expect((await home.gatebook('target show web1.acme')).out).toMatch(/notes +disk is small\n +back up first\n$/)
    expect((await home.gatebook('target remove web1.acme')).status).toBe(0)
    expect(await home.json('target list')).toEqual([])
  })

  it('keep a password that only the vault opens, for its own target', async () => {
    await using home = await withAcme()
    const added = await home.gatebook('target add db1.acme --host db1 --password-stdin', { stdin: 'hunter2\r\n' })
    expect(added.err + added.out).not.toContain('hunter2')
    const [id] = (await home.stores.targets.list()).map((each) => each.id)
    const sealed = await home.stores.targets.sealedPassword(id!)
    const vault = createVault(await readFile(join(home.dataDirectory, 'master.key')))
    expect(openTargetPassword(vault, 'db1.acme', sealed!).toString()).toBe('hunter2')
    expect((await home.gatebook('target show db1.acme --json')).out).not.toContain('hunter2')
    expect(await home.json('target show db1.acme')).toMatchObject({ hasPassword: true })
  })

  it('are refused a password from nowhere', async () => {
    await using home = await withAcme()
    const seen = await home.gatebook('target add db1.acme --host db1 --password-stdin', { stdin: '\n' })
    expect(seen).toEqual({ out: '', err: 'gatebook: stdin holds no password; give it as the first line\n', status: 1 })
  })

  it('are refused for a client that nobody knows, and a second time', async () => {
    await using home = await withAcme()
    expect((await home.gatebook('target add web1.acne --host h')).err).toMatch(
      /^gatebook: there is no client acne; did you/,
    )
    await home.gatebook('target add web1.acme --host h')
    const again = await home.gatebook('target add web1.acme --host h')
    expect(again).toMatchObject({ out: '', status: 1 })
    expect(again.err).toMatch(/^gatebook: .*web1\.acme.*\n$/)
    expect((await home.gatebook('target show web2.acme')).err).toBe(
      'gatebook: there is no target web2.acme; did you mean web1.acme? see: gatebook target list\n',
    )
  })
})

describe('gatebook target trust', () => {
  it('pins every host key that the target shows, and says what it no longer trusts', async () => {
    await using home = await withAcme()
    await home.gatebook('target add web1.acme --host web1.example --port 2200')
    const asked: unknown[] = []
    const fetchHostKeys = (keys: ReturnType<typeof hostKeys>) => async (reach: unknown) => {
      asked.push(reach)
      return keys
    }
    await home.gatebook('target trust web1.acme', { parts: { fetchHostKeys: fetchHostKeys(hostKeys(1, 2)) } })
    const second = await home.gatebook('target trust web1.acme', {
      parts: { fetchHostKeys: fetchHostKeys(hostKeys(2, 3)) },
    })
    expect(asked[0]).toEqual({ kind: 'ssh', host: 'web1.example', port: 2200 })
    const [one, two, three] = hostKeys(1, 2, 3).map((key) => `${key.type} ${fingerprint(key.blob)}`)
    expect(second.err).toBe(
      [
        `gatebook: no longer trusted for web1.acme: ${one}\n`,
        `gatebook: trusted for web1.acme: ${two}\n`,
        `gatebook: trusted for web1.acme: ${three}\n`,
      ].join(''),
    )
    const shown = shownTarget.parse(await home.json('target show web1.acme'))
    expect(shown.hostKeys.map((key) => [key.type, key.trustedBy])).toEqual([
      ['type-2', 'operator'],
      ['type-3', 'operator'],
    ])
  })

  it('trusts nothing when the key that was named is not shown', async () => {
    await using home = await withAcme()
    await home.gatebook('target add web1.acme --host h')
    const parts = { fetchHostKeys: async () => hostKeys(1) }
    const other = `SHA256:${randomBytes(32).toString('base64').slice(0, 43)}`
    const seen = await home.gatebook(`target trust web1.acme --fingerprint ${other}`, { parts })
    expect(seen.status).toBe(1)
    expect(seen.err).toContain(`does not show the key ${other}`)
    expect(await home.json('target show web1.acme')).toMatchObject({ hostKeys: [] })
    const named = fingerprint(hostKeys(1)[0]!.blob)
    expect((await home.gatebook(`target trust web1.acme --fingerprint ${named}`, { parts })).status).toBe(0)
  })

  it('says what to do when nobody answers', async () => {
    await using home = await withAcme()
    await home.gatebook('target add web1.acme --host h')
    const parts = {
      fetchHostKeys: () => Promise.reject(new GatewayError('target-unreachable', 'no SSH server answers at h port 22')),
    }
    expect(await home.gatebook('target trust web1.acme', { parts })).toEqual({
      out: '',
      err: 'gatebook: no SSH server answers at h port 22; check its address, its port and the firewall between\n',
      status: 1,
    })
  })

  it('is refused for a shell on this machine', async () => {
    await using home = await withAcme()
    const box = { clientSlug: 'acme', name: 'box', reach: { kind: 'local-shell' }, login: 'demo' } as const
    await home.stores.targets.add({ ...box, logins: [], notes: '', sealedPassword: undefined }, 'test')
    for (const command of ['trust box.acme', 'test box.acme', 'set box.acme --port 23']) {
      const seen = await home.gatebook(`target ${command}`)
      expect(seen).toMatchObject({ out: '', status: 1 })
      expect(seen.err).toMatch(/^gatebook: box\.acme is a shell on this machine/)
    }
  })
})

describe('gatebook target test', () => {
  it('signs in with the default login or another one the target allows', async () => {
    await using home = await withAcme()
    await home.gatebook('target add web1.acme --host h --logins deploy')
    const probes: TargetProbe[] = []
    const probeTarget = async (probe: TargetProbe) => void probes.push(probe)
    await home.gatebook('target test web1.acme', { parts: { probeTarget } })
    const seen = await home.gatebook('target test web1.acme --login deploy', { parts: { probeTarget } })
    expect(probes.map(({ login, target: { name } }) => `${login}@${name}`)).toEqual(['root@web1', 'deploy@web1'])
    expect(seen.err).toBe('gatebook: signed in to deploy@web1.acme\n')
    const refused = await home.gatebook('target test web1.acme --login admin', { parts: { probeTarget } })
    expect(refused.err).toBe(
      'gatebook: web1.acme allows the logins root, deploy; allow another with: gatebook target set web1.acme --logins deploy,admin\n',
    )
  })

  it('says what to do where that fails', async () => {
    await using home = await withAcme()
    await home.gatebook('target add web1.acme --host h')
    const probeTarget = () => Promise.reject(new GatewayError('target-refused-key', 'it failed', 'ask the client'))
    const seen = await home.gatebook('target test web1.acme', { parts: { probeTarget } })
    expect(seen).toEqual({ out: '', err: 'gatebook: it failed; ask the client\n', status: 1 })
  })
})

it('notes come from a file of 64 KiB at most', async () => {
  await using home = await withAcme()
  const file = join(home.dataDirectory, 'notes')
  await writeFile(file, 'x'.repeat(65_536))
  expect((await home.gatebook(`target add web1.acme --host h --notes ${file}`)).status).toBe(0)
  await writeFile(file, 'x'.repeat(65_537))
  expect((await home.gatebook(`target set web1.acme --notes ${file}`)).err).toMatch(/is larger than 65536 bytes/)
})
