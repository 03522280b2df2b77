import { describe, expect, it } from 'vitest'
import { supportKey } from '#shared/api.ts'
import { asked, installation, somePublicKey } from './installation.ts'

describe('the support key of a client', () => {
  it('is shown with the line to install', async () => {
    await using house = await installation({
      config: { publicUrl: 'http://localhost:8080', publicAddress: '203.0.113.7' },
    })
    const blob = somePublicKey()
    await house.stores.supportKeys.issue(house.clients.acme.id, blob, Buffer.from('sealed'), 'operator')
    const answer = await house.api.inject(asked('GET', '/clients/acme/key', await house.signIn('viewer')))
    expect(supportKey.strict().parse(answer.json())).toMatchObject({
      client: 'acme',
      state: 'active',
      authorizedKeysLine: `restrict,pty,from="203.0.113.7" ssh-ed25519 ${blob.toString('base64')} gatebook:acme`,
      changedBy: 'operator',
    })
    expect(answer.body).not.toContain(Buffer.from('sealed').toString('base64'))
  })

  it('is not there before one was issued', async () => {
    await using house = await installation()
    const answer = await house.api.inject(asked('GET', '/clients/acme/key', await house.signIn('owner')))
    expect([answer.statusCode, answer.json().detail]).toEqual([404, 'no support key was ever issued for acme'])
  })

  it('is paused, resumed and revoked by its owner, and says by whom', async () => {
    await using house = await installation()
    await house.stores.supportKeys.issue(house.clients.acme.id, somePublicKey(), Buffer.from('sealed'), 'operator')
    const cookie = await house.signIn('owner')
    const move = async (name: string) => {
      const answer = await house.api.inject(asked('POST', `/clients/acme/key/${name}`, cookie))
      return [answer.statusCode, answer.json().state, answer.json().changedBy]
    }
    expect(await move('pause')).toEqual([200, 'paused', 'client:acme'])
    expect(await move('pause')).toEqual([409, undefined, undefined])
    expect(await move('resume')).toEqual([200, 'active', 'client:acme'])
    expect(await move('revoke')).toEqual([200, 'revoked', 'client:acme'])
    expect(await move('resume')).toEqual([409, undefined, undefined])
  })

  it('names the administrator who moved it', async () => {
    await using house = await installation()
    await house.stores.supportKeys.issue(house.clients.acme.id, somePublicKey(), Buffer.from('sealed'), 'operator')
    const answer = await house.api.inject(asked('POST', '/clients/acme/key/pause', await house.signIn('admin')))
    expect(answer.json()).toMatchObject({ state: 'paused', changedBy: 'staff:admin' })
  })
})
