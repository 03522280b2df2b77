import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fingerprint } from '#gateway/access/fingerprint.ts'
import type { Staff } from '#gateway/access/staff.ts'
import { makeSupportKeyPair } from '#gateway/vault/support-key-pair.ts'
import { addStaff } from '#test/harness/gateway.ts'
import { blobOfKeyFile, keygen } from '#test/harness/key-file.ts'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { newestEndedSession } from '#test/harness/recorded.ts'
import { needsSshdTerminals } from '#test/harness/requirement.ts'
import { finished, ssh, sshArguments, startSsh } from '#test/harness/ssh.ts'
import { openTerminal } from '#test/harness/terminal.ts'

/** Promise 4 of the product: revoke means now. */
const NOW_MS = 1000

describe('a live session', needsSshdTerminals(), () => {
  let world: Reachable
  let number = 0
  /** Somebody new, with a grant of their own, for each test. */
  let person: { readonly staff: Staff; readonly keyFile: string; readonly grantId: string }
  beforeAll(async () => {
    world = await reachable()
  })
  afterAll(() => world[Symbol.asyncDispose]())
  beforeEach(async () => {
    const { gateway } = world
    const login = `person${number++}`
    const staff = await addStaff(gateway, gateway.directory, login)
    const grant = { staffId: staff.id, clientId: gateway.client.id, targetId: undefined, until: undefined }
    const { id: grantId } = await gateway.stores.grants.add(grant, 'test')
    person = { staff, keyFile: `${gateway.directory}/${login}`, grantId }
  })
  const door = () => ({ sshPort: world.gateway.sshPort, keyFile: person.keyFile })

  /** Ends the right by `act`; the session must end within a second, with the reason, and no new one begin. */
  async function expectEnd(act: () => Promise<unknown>, reason: RegExp): Promise<void> {
    const terminal = openTerminal(door(), 'web1.acme', ['echo in; cat'])
    await terminal.until('in\r\n')
    await act()
    const actedAt = performance.now()
    await terminal.until(reason)
    expect(await terminal.ended).toBe(255)
    expect(performance.now() - actedAt).toBeLessThan(NOW_MS)
    expect(terminal.output().toString()).toMatch(/\r\ngatebook: /)
    const session = await newestEndedSession(world.gateway)
    expect(session.staff).toBe(person.staff.login)
    expect(session.endReason).toMatch(reason)
    const again = await ssh(door(), 'web1.acme', ['-o', 'LogLevel=INFO', '--', 'echo in'])
    expect([again.stdout.toString(), again.status]).toEqual(['', 255])
    expect(again.stderr).toMatch(reason)
  }

  it('ends when the person is disabled', async () => {
    const disable = () => world.gateway.stores.staff.setDisabled(person.staff.login, true, 'test')
    await expectEnd(disable, /person\d+ is disabled; ask an administrator/)
  })

  it('ends when the person may not come from there any more', async () => {
    const { staff } = world.gateway.stores
    await staff.set(person.staff.login, { from: ['127.0.0.0/8'] }, 'test')
    const terminal = openTerminal(door(), 'web1.acme', ['echo in; cat'])
    await terminal.until('in\r\n')
    await staff.set(person.staff.login, { from: ['192.0.2.0/24'] }, 'test')
    const setAt = performance.now()
    const reason = /gatebook: person\d+ may not come from this address any more; an administrator allows it/
    await terminal.until(reason)
    expect(await terminal.ended).toBe(255)
    expect(performance.now() - setAt).toBeLessThan(NOW_MS)
    expect(`gatebook: ${(await newestEndedSession(world.gateway)).endReason}`).toMatch(reason)
    const again = await ssh(door(), 'web1.acme', ['-o', 'LogLevel=INFO', '--', 'echo in'])
    expect(again).toMatchObject({ stdout: Buffer.alloc(0), status: 255 })
    expect(again.stderr).toContain('gatebook: nobody is known by the key')
  })

  it('ends when the key is removed that let it in, inside -J and in the menu too; those by another key go on', async () => {
    const { stores, directory } = world.gateway
    const { id, login } = person.staff
    const second = join(directory, `${login}-second`)
    await stores.staff.addKey(id, await keygen(second, '-t', 'ed25519'), 'test')
    const outer = sshArguments(door(), login, ['-W', 'web1.acme:22', '--']).join(' ')
    const jumped = ['-o', `ProxyCommand=ssh ${outer}`, '--', 'echo in; cat']
    const leaving = [
      openTerminal(door(), 'web1.acme', ['echo in; cat']),
      openTerminal(door(), world.sshd.login, jumped),
      openTerminal(door(), 'menu'),
    ]
    const staying = openTerminal({ ...door(), keyFile: second }, 'web1.acme', ['echo in; cat'])
    await Promise.all([...leaving, staying].map((terminal) => terminal.until(/^in\r\n|\nin\r\n|Esc leaves/)))
    await stores.staff.removeKey(id, fingerprint(await blobOfKeyFile(person.keyFile)), 'test')
    const removedAt = performance.now()
    const reason = `gatebook: the key that you signed in with is not a key of ${login} any more`
    await Promise.all(leaving.map((terminal) => terminal.until(reason)))
    expect(await Promise.all(leaving.map(({ ended }) => ended))).toEqual([255, 255, 255])
    expect(performance.now() - removedAt).toBeLessThan(NOW_MS)
    staying.type('still here\r')
    await staying.until('still here\r\nstill here')
    staying.type('\x04')
    expect(await staying.ended).toBe(0)
  })

  it('ends when the grant is revoked', async () => {
    const revoke = () => world.gateway.stores.grants.revoke(person.grantId, 'test')
    await expectEnd(revoke, /the grant of person\d+ for web1\.acme has ended; ask an administrator/)
  })

  it('ends when the time of the grant is over', async () => {
    const { grants } = world.gateway.stores
    await grants.revoke(person.grantId, 'test')
    const until = new Date(Date.now() + 2500)
    const terms = { staffId: person.staff.id, clientId: world.gateway.client.id, targetId: undefined, until }
    await grants.add(terms, 'test')
    const itsTime = () => new Promise((resolve) => setTimeout(resolve, until.getTime() - Date.now()))
    await expectEnd(itsTime, /the grant of person\d+ for web1\.acme has ended; ask an administrator/)
  })

  it('ends when the support key is paused', async () => {
    const { stores, client } = world.gateway
    const pause = () => stores.supportKeys.move(client.id, 'pause', 'client:acme')
    await expectEnd(pause, /the support key of acme was paused by client:acme; ask the client to resume it/)
    await stores.supportKeys.move(client.id, 'resume', 'client:acme')
  })

  it('ends when the target is removed, and those on other targets go on', async () => {
    const { gateway, sshd } = world
    const other = await gateway.addTarget('web2', { kind: 'ssh', host: '127.0.0.1', port: sshd.port }, sshd.login)
    await gateway.stores.targets.trust(other.id, [{ type: 'ssh-ed25519', blob: sshd.hostKey }], 'test')
    const leaving = openTerminal(door(), 'web2.acme', ['echo in; cat'])
    const staying = openTerminal(door(), 'web1.acme', ['echo in; cat'])
    await Promise.all([leaving.until('in\r\n'), staying.until('in\r\n')])
    await gateway.stores.targets.remove(other, 'test')
    await leaving.until('web2.acme was removed from the gateway; ask an administrator')
    expect(await leaving.ended).toBe(255)
    staying.type('still here\r')
    await staying.until('still here\r\nstill here')
    staying.type('\x04')
    expect(await staying.ended).toBe(0)
  })

  it('ends in the middle of a flood', async () => {
    const child = startSsh(door(), 'web1.acme', ['-tt', '--', 'yes'])
    const ended = finished(child)
    await once(child.stdout, 'data')
    await world.gateway.stores.grants.revoke(person.grantId, 'test')
    const revokedAt = performance.now()
    const { stderr, status } = await ended
    expect(performance.now() - revokedAt).toBeLessThan(NOW_MS)
    expect(stderr).toMatch(/gatebook: the grant of person\d+ for web1\.acme has ended/)
    expect(status).toBe(255)
  })

  it('ends when the support key is revoked; a new key lets in again', async () => {
    const { stores, client, vault } = world.gateway
    const revoke = () => stores.supportKeys.move(client.id, 'revoke', 'client:acme')
    await expectEnd(revoke, /the support key of acme was revoked by client:acme; ask the client whether/)
    const pair = makeSupportKeyPair(vault, client.id)
    await stores.supportKeys.issue(client.id, pair.publicBlob, pair.sealedPrivate, 'test')
    await world.sshd.authorize(pair.publicBlob)
    expect((await ssh(door(), 'web1.acme', ['echo in'])).stdout.toString()).toBe('in\n')
  })
})
