import { createHash } from 'node:crypto'
import { z } from 'zod'
import { describe, expect, it } from 'vitest'
import { grant } from '#shared/api.ts'
import { installation, publicKey } from './installation.ts'

async function withIvanAndAcme() {
  const home = await installation()
  const ivan = 'staff add ivan --name Ivan --email ivan@example.org --role engineer --key -'
  await home.gatebook(ivan, { stdin: publicKey })
  await home.gatebook('client add acme --name Acme --zone UTC')
  await home.gatebook('target add web1.acme --host web1')
  return home
}

const clockAt = (now: string) => ({ clock: { now: () => new Date(now), monotonicUs: () => 0 } })
const grantList = z.array(z.strictObject(grant.shape))

describe('grants', () => {
  it('are for every target of a client or for one, listed and revoked', async () => {
    await using home = await withIvanAndAcme()
    const whole = await home.gatebook('grant add ivan acme')
    const one = await home.gatebook('grant add ivan web1.acme')
    expect(whole.err).toBe('gatebook: granted ivan every target of acme until revoked\n')
    expect(one.err).toBe('gatebook: granted ivan web1.acme until revoked\n')
    const id = one.out.trim()
    expect(grantList.parse(await home.json('grant list'))).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: whole.out.trim(), target: null, until: null, state: 'running' }),
        expect.objectContaining({ id, staff: 'ivan', client: 'acme', target: 'web1.acme', state: 'running' }),
      ]),
    )
    expect((await home.gatebook(`grant revoke ${id}`)).err).toBe('gatebook: revoked the grant of ivan for web1.acme\n')
    const states = grantList.parse(await home.json('grant list')).map((each) => [each.target, each.state])
    expect(states).toEqual(
      expect.arrayContaining([
        [null, 'running'],
        ['web1.acme', 'revoked'],
      ]),
    )
    expect((await home.gatebook('grant list')).out).toMatch(/^id +staff +reaches +until +state\n/)
  })

  it.each([
    ['90m', '2026-11-23T13:30:00.000Z'],
    ['8h', '2026-11-23T20:00:00.000Z'],
    ['7d', '2026-11-30T12:00:00.000Z'],
    ['2w', '2026-12-07T12:00:00.000Z'],
    ['2026-12-01T00:00:00+03:00', '2026-11-30T21:00:00.000Z'],
    ['2026-11-23T12:00:00.001Z', '2026-11-23T12:00:00.001Z'],
  ])('end with --until %s at %s', async (until, end) => {
    await using home = await withIvanAndAcme()
    const parts = clockAt('2026-11-23T12:00:00Z')
    expect((await home.gatebook(`grant add ivan acme --until ${until}`, { parts })).status).toBe(0)
    const before = await home.gatebook('grant list --json', { parts })
    expect(JSON.parse(before.out)).toMatchObject([{ until: end, state: 'running' }])
    const after = await home.gatebook('grant list --json', { parts: clockAt(end) })
    expect(JSON.parse(after.out)).toMatchObject([{ until: end, state: 'ended' }])
  })

  it('do not begin when their end is now', async () => {
    await using home = await withIvanAndAcme()
    const seen = await home.gatebook('grant add ivan acme --until 2026-11-23T12:00:00Z', {
      parts: clockAt('2026-11-23T12:00:00Z'),
    })
    expect(seen).toMatchObject({ out: '', status: 2 })
  })

  it('are refused for whom and what nobody knows', async () => {
    await using home = await withIvanAndAcme()
    expect((await home.gatebook('grant add iwan acme')).err).toMatch(
      /^gatebook: there is no staff member iwan; did you mean/,
    )
    expect((await home.gatebook('grant add ivan acne')).err).toMatch(
      /^gatebook: there is no client acne; did you mean acme/,
    )
    expect((await home.gatebook('grant add ivan web2.acme')).err).toMatch(
      /there is no target web2\.acme; did you mean web1/,
    )
    const revoked = await home.gatebook('grant revoke 7')
    expect(revoked).toEqual({
      out: '',
      err: 'gatebook: there is no grant 7; copy the id from: gatebook grant list\n',
      status: 1,
    })
  })
})

describe('gatebook login', () => {
  const tokenOf = (link: string) => createHash('sha256').update(new URL(link.trim()).hash.slice(1)).digest()

  it('prints a link that signs a staff member in, once', async () => {
    await using home = await withIvanAndAcme()
    const seen = await home.gatebook('login ivan')
    expect(seen.out).toMatch(/^http:\/\/localhost:8080\/sign-in#[\w-]{43}\n$/)
    expect(seen.err).toBe('gatebook: the link is good once, for 60 s\n')
    const ivan = await home.stores.staff.byLogin('ivan')
    const principal = { kind: 'staff', staffId: ivan!.id }
    expect(await home.stores.signIns.redeemLink(tokenOf(seen.out), new Date())).toEqual(principal)
    expect(await home.stores.signIns.redeemLink(tokenOf(seen.out), new Date())).toBeUndefined()
  })

  it('prints a link for an owner of a client, or for a viewer', async () => {
    await using home = await withIvanAndAcme()
    for (const [args, role] of [
      ['login --client acme', 'owner'],
      ['login --client acme --role viewer', 'viewer'],
    ] as const) {
      const { out } = await home.gatebook(args)
      expect(await home.stores.signIns.redeemLink(tokenOf(out), new Date())).toMatchObject({
        kind: 'client-user',
        role,
      })
    }
  })

  it('prints a link that is good for 60 s', async () => {
    await using home = await withIvanAndAcme()
    const parts = clockAt('2026-11-23T12:00:00Z')
    const [late, inTime] = [await home.gatebook('login ivan', { parts }), await home.gatebook('login ivan', { parts })]
    const redeem = (link: string, now: string) => home.stores.signIns.redeemLink(tokenOf(link), new Date(now))
    expect(await redeem(inTime.out, '2026-11-23T12:00:59.999Z')).toBeDefined()
    expect(await redeem(late.out, '2026-11-23T12:01:00.000Z')).toBeUndefined()
  })

  it('is refused to a disabled staff member', async () => {
    await using home = await withIvanAndAcme()
    await home.gatebook('staff disable ivan')
    expect(await home.gatebook('login ivan')).toEqual({
      out: '',
      err: 'gatebook: ivan is disabled; let them in again with: gatebook staff enable ivan\n',
      status: 1,
    })
  })
})
