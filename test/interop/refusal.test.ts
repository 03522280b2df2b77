import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fingerprint } from '#gateway/access/fingerprint.ts'
import { addStaff } from '#test/harness/gateway.ts'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { needsProgram, needsSshdTerminals } from '#test/harness/requirement.ts'
import { run, ssh } from '#test/harness/ssh.ts'
import { freePort, testSshd } from '#test/harness/sshd.ts'
import { openTerminal } from '#test/harness/terminal.ts'

const MINUTE_MS = 60_000

describe('a refusal', needsProgram('sshd', 'openssh-server'), () => {
  let world: Reachable
  beforeAll(async () => {
    world = await reachable()
  })
  afterAll(() => world[Symbol.asyncDispose]())

  /** Runs a command that must be refused; gives what the gateway says. */
  async function refused(userName: string, keyFile = world.gateway.keyFile): Promise<string> {
    const { stdout, stderr, status } = await ssh({ ...world.gateway, keyFile }, userName, ['echo got in'])
    expect([stdout.toString(), status]).toEqual(['', 255])
    const lines = stderr.trimEnd().split('\n')
    expect(lines.filter((line) => !line.startsWith('gatebook: '))).toEqual([])
    return lines.map((line) => line.slice('gatebook: '.length)).join('\n')
  }

  it('names the nearest target where there is none of that name', async () => {
    const said = await refused('wbe1.acme')
    expect(said).toMatch(/^there is no target "wbe1\.acme"; did you mean web1\.acme\?\n.*: ssh .* targets$/)
    expect(await refused('web2.other')).toMatch(/^there is no target "web2\.other"/)
  })

  it('says that there is no grant, and that a grant has ended', async () => {
    const { gateway } = world
    const olga = await addStaff(gateway, gateway.directory, 'olga')
    const keyFile = `${gateway.directory}/olga`
    expect(await refused('wbe1.acme', keyFile)).toMatch(/^there is no target "wbe1\.acme"\n/)
    expect(await refused('web1.acme', keyFile)).toMatch(/^olga has no grant for web1\.acme; .*gatebook grant add olga/)
    const until = new Date(Date.now() - MINUTE_MS)
    const grant = { staffId: olga.id, clientId: gateway.client.id, targetId: undefined, until }
    await gateway.stores.grants.add(grant, 'test')
    expect(await refused('web1.acme', keyFile)).toMatch(/^the grant of olga for web1\.acme has ended; ask/)
  })

  it('says that a login is not allowed', async () => {
    expect(await refused('oracle+web1.acme')).toMatch(
      new RegExp(`^web1\\.acme does not allow the login oracle, but ${world.sshd.login}; .*--logins oracle`),
    )
  })

  it('says that the support key is paused, and lets in when it is resumed', async () => {
    const { stores, client } = world.gateway
    await stores.supportKeys.move(client.id, 'pause', 'client:acme')
    expect(await refused('web1.acme')).toBe(
      'the support key of acme was paused by client:acme; ask the client to resume it',
    )
    await stores.supportKeys.move(client.id, 'resume', 'client:acme')
    expect((await ssh(world.gateway, 'web1.acme', ['echo in'])).stdout.toString()).toBe('in\n')
  })

  it('says that a person is disabled', async () => {
    const { gateway } = world
    await addStaff(gateway, gateway.directory, 'boris')
    await gateway.stores.staff.setDisabled('boris', true, 'test')
    const options = ['-o', 'LogLevel=INFO', '--', 'true']
    const { stderr, status } = await ssh({ ...gateway, keyFile: `${gateway.directory}/boris` }, 'web1.acme', options)
    expect(status).toBe(255)
    expect(stderr).toMatch(/^gatebook: boris is disabled; ask an administrator/m)
  })

  it('says that the target is down', async () => {
    const port = await freePort()
    await world.gateway.addTarget('down', { kind: 'ssh', host: '127.0.0.1', port })
    expect(await refused('down.acme')).toBe(
      `cannot reach down.acme at 127.0.0.1 port ${port}: connection refused\n` +
        'check that the server is up and lets the gateway in, then try again',
    )
  })

  it('shows the host key that is not trusted yet', async () => {
    await world.gateway.addTarget('new', { kind: 'ssh', host: '127.0.0.1', port: world.sshd.port }, world.sshd.login)
    expect(await refused('new.acme')).toMatch(
      new RegExp(
        `^the host key of new\\.acme is not trusted yet: it shows ${escaped(fingerprint(world.sshd.hostKey))}\n`,
      ),
    )
  })

  it('shows both host keys where the key has changed, and offers the target nothing', async () => {
    await using other = await testSshd()
    const { gateway, sshd } = world
    const moved = await gateway.addTarget('moved', { kind: 'ssh', host: '127.0.0.1', port: other.port }, other.login)
    await gateway.stores.targets.trust(moved.id, [{ type: 'ssh-ed25519', blob: sshd.hostKey }], 'test')
    await other.authorize(gateway.supportKey)
    const said = await refused('moved.acme')
    expect(said).toContain('the host key of moved.acme has changed')
    expect(said).toContain(`it shows ${fingerprint(other.hostKey)}, trusted is ${fingerprint(sshd.hostKey)}`)
    expect(said).toContain('gatebook target trust moved.acme')
  })

  it('says that the target does not take the support key', async () => {
    await using strict = await testSshd()
    const { gateway } = world
    const target = await gateway.addTarget(
      'strict',
      { kind: 'ssh', host: '127.0.0.1', port: strict.port },
      strict.login,
    )
    await gateway.stores.targets.trust(target.id, [{ type: 'ssh-ed25519', blob: strict.hostKey }], 'test')
    expect(await refused('strict.acme')).toMatch(
      /^strict\.acme refuses the support key for .*: the client may have removed it\nask the client for it: .*authorized_keys is at http:\S+\/clients\/acme$/,
    )
  })

  it.each([
    ['-L', ':127.0.0.1:1', ''],
    // SOCKS 4, connect to 127.0.0.1 port 80.
    ['-D', '', '\\004\\001\\000\\120\\177\\000\\000\\001\\000'],
  ])(
    'is the answer to what comes through %s, and the session goes on',
    needsSshdTerminals(),
    async (option, to, greeting) => {
      const port = await freePort()
      const options = [option, `127.0.0.1:${port}${to}`, '-o', 'LogLevel=INFO']
      const terminal = openTerminal(world.gateway, 'web1.acme', [...options, '--', 'echo in; read x; echo out'])
      await terminal.until('in\r\n')
      const through = await run('bash', ['-c', `exec 3<>/dev/tcp/127.0.0.1/${port}; printf '${greeting}' >&3; cat <&3`])
      expect(through.stdout.toString()).not.toContain('SSH')
      await terminal.until('open failed: administratively prohibited: gatebook: forwarding to 127.0.0.1')
      terminal.type('\r')
      await terminal.until('out')
      expect(await terminal.ended).toBe(0)
    },
  )

  it('is the answer to -R, an agent and X11, and the command runs', async () => {
    const forwards = ['RemoteForward=0 127.0.0.1:1', 'ForwardAgent=yes', 'ForwardX11=yes', 'LogLevel=INFO']
    const options = forwards.flatMap((setting) => ['-o', setting])
    const command = 'echo "agent=$SSH_AUTH_SOCK display=$DISPLAY"'
    const { stdout, stderr, status } = await ssh(world.gateway, 'web1.acme', [...options, '--', command])
    expect([stdout.toString(), status]).toEqual(['agent= display=\n', 0])
    expect(stderr).toMatch(/remote port forwarding failed|remote forward failure/i)
  })

  it('says that the support key was revoked, which is for good', async () => {
    const { stores, client } = world.gateway
    await stores.supportKeys.move(client.id, 'revoke', 'client:acme')
    expect(await refused('web1.acme')).toBe(
      'the support key of acme was revoked by client:acme; ask the client whether there is to be a new one, which an administrator makes with: gatebook key issue acme',
    )
  })
})

function escaped(text: string): string {
  return text.replaceAll(/[+/.]/g, '\\$&')
}
