import { once } from 'node:events'
import { chmod, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parseForwarding } from '#gateway/access/forwarding.ts'
import { startEitherWay } from '#test/harness/either-way.ts'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { newestEndedSession } from '#test/harness/recorded.ts'
import { needsProgram } from '#test/harness/requirement.ts'
import { signingAgent } from '#test/harness/signing-agent.ts'
import { finished } from '#test/harness/ssh.ts'
import { freePort } from '#test/harness/sshd.ts'
import { newKey } from '#test/harness/test-key.ts'

const X11_PORTS = 6000
const REAL_COOKIE = '00112233445566778899aabbccddeeff'

let world: Reachable
let xauth: string

async function allow(list: string): Promise<void> {
  await world.gateway.stores.clients.set('acme', { policy: { forward: parseForwarding(list) } }, 'test')
}

/** What the newest session forwarded, when it is over. */
async function recorded() {
  const { id } = await newestEndedSession(world.gateway)
  const channels = await world.gateway.stores.sessions.channels(id)
  return channels.filter(({ kind }) => kind !== 'exec').map(({ kind, command }) => [kind, command])
}

const place = (name: string) => join(world.sshd.directory, name)

/** What a program on the target does with its display: connects, and proves itself by the cookie it was given. */
const displayClient = `
const [, host, number] = /^(.*):(\\d+)/.exec(process.env.DISPLAY)
const [, cookie] = /MIT-MAGIC-COOKIE-1 ([0-9a-f]+)/.exec(require('fs').readFileSync(process.argv[2], 'utf8'))
const socket = require('net').connect(${X11_PORTS} + Number(number), host)
// X Window System Protocol, section 8: byte order, version 11.0, name and data of the proof.
socket.write(Buffer.concat([Buffer.from('6c000b000000120010000000', 'hex'), Buffer.from('MIT-MAGIC-COOKIE-1\\0\\0'), Buffer.from(cookie, 'hex')]))
socket.pipe(process.stdout)
`

describe.each(['plain', '-J'] as const)('the OpenSSH client, %s,', needsProgram('sshd', 'openssh-server'), (way) => {
  beforeAll(async () => {
    // The same words for ssh, which asks xauth for a cookie, and for sshd, which gives it one.
    const script = (directory: string) => `#!/bin/sh
case "$*" in
*list*) echo "any MIT-MAGIC-COOKIE-1 ${REAL_COOKIE}" ;;
*generate*) ;;
*) cat > ${directory}/given ;;
esac
`
    xauth = join(process.env.TMPDIR ?? '/tmp', `gatebook-xauth-${process.pid}-${way === 'plain'}`)
    world = await reachable({ sshdConfig: ['X11Forwarding yes', `XAuthLocation ${xauth}`] })
    await writeFile(xauth, script(world.sshd.directory))
    await chmod(xauth, 0o755)
    await writeFile(place('client.cjs'), displayClient)
  })
  afterAll(async () => {
    await world[Symbol.asyncDispose]()
    await rm(xauth)
  })
  beforeEach(() => allow('none'))

  it('-A lends the agent where the policy says so, and is told why not elsewhere', async () => {
    const key = newKey('ssh-ed25519')
    const agent = place('agent')
    await using _agent = await signingAgent(agent, [{ blob: key.blob, prove: () => Buffer.alloc(0) }])
    const options = ['-A', '-o', `IdentityAgent=${agent}`]
    const lent = async () => finished(await startEitherWay(world, way, { options, command: 'ssh-add -L' }), '')
    const refused = await lent()
    expect(refused.stderr).toContain('gatebook: forwarding of the agent is not allowed on web1.acme; ')
    expect(refused.stdout.toString()).toBe('')
    await allow('agent')
    expect((await lent()).stdout.toString()).toBe(`ssh-ed25519 ${key.blob.toString('base64')} test\n`)
    expect(await recorded()).toEqual([['agent-forward', "the administrator's agent"]])
  })

  it('-X lends the display where the policy says so, and is told why not elsewhere', async () => {
    const heard: Buffer[] = []
    const port = await freePort()
    const display = createServer((socket) => {
      socket.on('data', (chunk: Buffer) => {
        heard.push(chunk)
        socket.end('a window\n')
      })
    }).listen(port, '127.0.0.1')
    await once(display, 'listening')
    try {
      const started = {
        options: ['-X', '-o', `XAuthLocation=${xauth}`],
        command: `${process.execPath} ${place('client.cjs')} ${place('given')}`,
        environment: { DISPLAY: `127.0.0.1:${port - X11_PORTS}` },
      }
      const lent = async () => finished(await startEitherWay(world, way, started), '')
      const refused = await lent()
      expect(refused.stderr).toContain('X11 forwarding request failed')
      expect(refused.stderr).toContain('gatebook: forwarding of the display is not allowed on web1.acme; ')
      expect(heard).toEqual([])
      await allow('x11')
      expect((await lent()).stdout.toString()).toBe('a window\n')
      // ssh put the real cookie in the place of the one that the target knows.
      expect(Buffer.concat(heard).toString('hex')).toContain(REAL_COOKIE)
      expect(await readFile(place('given'), 'utf8')).not.toContain(REAL_COOKIE)
      expect(await recorded()).toEqual([
        ['x11-forward', expect.stringMatching(/^the administrator's display from 127\.0\.0\.1:\d+$/)],
      ])
    } finally {
      display.close()
    }
  })
})
