import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { describe, expect, it } from 'vitest'
import { client, supportKey } from '#shared/api.ts'
import { installation } from './installation.ts'

const acme = ['client', 'add', 'acme', '--name', 'Acme, Ltd', '--zone', 'Europe/Moscow', '--language', 'ru']

describe('clients', () => {
  it('are added, changed, listed and shown', async () => {
    await using home = await installation()
    expect(await home.gatebook(acme)).toMatchObject({ out: '', status: 0 })
    expect((await home.gatebook('client set acme --zone Asia/Yekaterinburg')).status).toBe(0)
    const list = z.array(z.strictObject(client.shape)).parse(await home.json('client list'))
    expect(list).toEqual([{ slug: 'acme', name: 'Acme, Ltd', zone: 'Asia/Yekaterinburg', language: 'ru' }])
    expect(await home.json('client show acme')).toMatchObject(list[0]!)
    expect((await home.gatebook('client show acme')).out).toMatch(
      /^slug +acme\nname +Acme, Ltd\nzone +Asia\/Yekaterinburg\nlanguage +ru\n/,
    )
  })

  it('are refused a second time', async () => {
    await using home = await installation()
    await home.gatebook(acme)
    const seen = await home.gatebook(acme)
    expect(seen).toMatchObject({ out: '', status: 1 })
    expect(seen.err).toMatch(/^gatebook: .*acme.*\n$/)
  })

  it('that nobody knows are refused, naming the nearest', async () => {
    await using home = await installation()
    await home.gatebook(acme)
    const places = ['client show', 'client set --name A', 'key issue', 'key show', 'key revoke', 'login --client']
    for (const command of [
      ...places,
      'session list --client',
      'time --month 2026-11 --client',
      'target list --client',
    ]) {
      const seen = await home.gatebook(`${command} acne`)
      expect(seen.err).toBe('gatebook: there is no client acne; did you mean acme? see: gatebook client list\n')
      expect(seen.status).toBe(1)
    }
  })
})

describe("a client's support key", () => {
  it('is issued, and its line is for authorized_keys', async () => {
    await using home = await installation()
    await home.gatebook(acme)
    const issued = await home.gatebook('key issue acme')
    expect(issued.out).toMatch(/^restrict,pty ssh-ed25519 AAAA[\w+/]{64} gatebook:acme\n$/)
    expect((await home.gatebook('key show acme')).out).toBe(issued.out)
    const view = z.strictObject(supportKey.shape).parse(await home.json('key show acme'))
    expect(view).toMatchObject({ client: 'acme', state: 'active', changedBy: 'operator' })
    expect(`${view.authorizedKeysLine}\n`).toBe(issued.out)
  })

  it('is limited to the public addresses of the gateway where they are known', async () => {
    await using home = await installation()
    await home.gatebook(acme)
    const environment = {
      DATABASE_URL: home.url,
      GATEBOOK_DATA: home.dataDirectory,
      GATEBOOK_PUBLIC_ADDRESS: '203.0.113.7,2001:db8::7',
    }
    const issued = await home.gatebook('key issue acme', { parts: { environment } })
    expect(issued.out).toMatch(/^restrict,pty,from="203\.0\.113\.7,2001:db8::7" ssh-ed25519 /)
  })

  it('is paused, resumed and revoked, and what cannot be is refused', async () => {
    await using home = await installation()
    await home.gatebook(acme)
    expect((await home.gatebook('key show acme')).err).toBe(
      'gatebook: acme has no support key; make one with: gatebook key issue acme\n',
    )
    await home.gatebook('key issue acme')
    expect(await home.gatebook('key issue acme')).toMatchObject({ out: '', status: 1 })
    expect(await home.gatebook('key resume acme')).toMatchObject({ out: '', status: 1 })
    const moves = [
      ['pause', 'paused'],
      ['resume', 'active'],
      ['revoke', 'revoked'],
    ] as const
    for (const [move, state] of moves) {
      expect((await home.gatebook(`key ${move} acme`)).err).toBe(`gatebook: the support key of acme is ${state}\n`)
      expect(await home.json('key show acme')).toMatchObject({ state })
    }
    expect(await home.gatebook('key resume acme')).toEqual({
      out: '',
      err: 'gatebook: the support key of acme was revoked, which is for good; a new one is made with: gatebook key issue acme\n',
      status: 1,
    })
    expect((await home.gatebook('key revoke acme')).err).toBe(
      'gatebook: the support key of acme is revoked already; a new one is made with: gatebook key issue acme\n',
    )
    const shown = await home.gatebook('key show acme')
    expect(shown).toMatchObject({ out: '', status: 1 })
    expect(shown.err).toMatch(/^gatebook: the support key of acme is revoked since .*; .*gatebook key issue acme\n$/)
    expect((await home.gatebook('key issue acme')).status).toBe(0)
  })

  it('is not issued under a new master key while the lost one still seals something', async () => {
    await using home = await installation()
    await home.gatebook(acme)
    await home.gatebook(['client', 'add', 'zeta', '--name', 'Zeta', '--zone', 'UTC'])
    await home.gatebook('key issue acme')
    const masterKey = join(home.dataDirectory, 'master.key')
    expect((await stat(masterKey)).mode & 0o777).toBe(0o600)
    await rm(masterKey)
    const seen = await home.gatebook('key issue zeta')
    expect(seen).toMatchObject({ out: '', status: 1 })
    expect(seen.err).toMatch(
      /^gatebook: the master key .* is missing, and there are secrets that it sealed; bring back the file/,
    )
    expect((await home.gatebook('key revoke acme')).status).toBe(0)
  })
})
