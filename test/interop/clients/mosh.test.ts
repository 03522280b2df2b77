import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeChannelRequest } from '#gateway/recording/channel-request.ts'
import { peers } from '#test/harness/peer.ts'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { bytesOf, newestEndedSession, recordedEvents } from '#test/harness/recorded.ts'
import { run, ssh } from '#test/harness/ssh.ts'
import { writeSshConfig } from '#test/harness/ssh-config.ts'

const REFUSED = 'gatebook: mosh goes on over UDP, past the gateway and the record, so it is refused; use ssh'

describe('mosh', peers(['mosh', 'mosh', '--version'], ['sshd', 'openssh-server', '-V']), () => {
  let world: Reachable
  let config: string
  beforeAll(async () => {
    world = await reachable()
    config = await writeSshConfig(world)
  })
  afterAll(() => world[Symbol.asyncDispose]())

  it.each([
    ['web1', []],
    ['web1', ['--experimental-remote-ip=remote']],
    ['web1.acme', ['--experimental-remote-ip=remote']],
  ])('is refused in words before anything runs: %s %j', async (host, options) => {
    const env = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', TERM: 'xterm' }
    const { stdout, stderr, status } = await run('mosh', [`--ssh=ssh -F ${config}`, ...options, host], { env })
    expect(stdout.toString() + stderr).toContain(REFUSED)
    expect(status).not.toBe(0)
    const session = await newestEndedSession(world.gateway)
    expect(session).toMatchObject({ target: 'web1.acme', bytesOut: 0 })
    const events = await recordedEvents(world.gateway, session.id)
    expect(bytesOf(events, 'notice').toString()).toContain('mosh goes on over UDP')
    const asked = events.filter(({ kind }) => kind === 'request').map(({ data }) => decodeChannelRequest(data).type)
    expect(asked).not.toContain('exec')
  })

  it('has a name that other words may hold', async () => {
    const { stdout, status } = await ssh(world.gateway, 'web1.acme', ['echo mosh-server is a word'])
    expect([stdout.toString(), status]).toEqual(['mosh-server is a word\n', 0])
  })
})
