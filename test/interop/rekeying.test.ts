import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { signatureAlgorithms } from '#gateway/ssh/signature.ts'
import { ClientAuthentication } from '#gateway/target/client-authentication.ts'
import { offerToStaff, offerToTarget } from '#gateway/transport/algorithms.ts'
import { WINDOW_MAX, type ChannelEnd, type ChannelTalk } from '#gateway/transport/channel-end.ts'
import { ConnectionLayer } from '#gateway/transport/connection-layer.ts'
import { message } from '#gateway/transport/message.ts'
import { Transport } from '#gateway/transport/transport.ts'
import { string, uint32, wireMessage } from '#gateway/transport/wire.ts'
import { writeKey } from '#test/harness/gateway.ts'
import { needsProgram } from '#test/harness/requirement.ts'
import { ssh } from '#test/harness/ssh.ts'
import { testSshd } from '#test/harness/sshd.ts'
import { hostKeyOf, newKey } from '#test/harness/test-key.ts'

const LENGTH = 24 * 2 ** 20
const keyLimit = { bytes: 2 ** 20, ms: 2 ** 30 }
const deaf: ChannelTalk = {
  data: () => {},
  extendedData: () => {},
  adjustWindow: () => {},
  eof: () => {},
  close: () => {},
  request: () => {},
  reply: () => {},
}

describe('new keys that we ask for under load', needsProgram('sshd', 'openssh-server'), () => {
  it('are given by OpenSSH as a client, and nothing is lost', async () => {
    await using door = await pouringDoor()
    const options = ['-o', 'LogLevel=DEBUG1', '--', 'pour']
    const { stdout, stderr, status } = await ssh(door, 'anybody', options)
    expect(status, stderr).toBe(0)
    expect(stdout.length).toBe(LENGTH)
    expect(stderr.split('SSH2_MSG_KEXINIT received').length).toBeGreaterThan(4)
  })

  it('are given by OpenSSH as a server, and nothing is lost', async () => {
    await using sshd = await testSshd()
    const key = newKey('ssh-ed25519')
    await sshd.authorize(key.blob)
    const credentials = { privateKey: key.privateKey, publicBlob: key.blob, password: undefined }
    expect(await pourFrom(sshd, credentials)).toEqual({
      bytes: LENGTH,
      rekeyings: expect.toSatisfy((n) => n > 4) as number,
    })
  })
})

/** A server by our transport that lets everybody in and answers any command with `LENGTH` bytes. */
async function pouringDoor(): Promise<{ sshPort: number; keyFile: string } & AsyncDisposable> {
  const directory = await mkdtemp(join(tmpdir(), 'gatebook-rekey-'))
  const keyFile = join(directory, 'key')
  await writeKey(keyFile)
  const hostKey = newKey('ssh-ed25519')
  const as = {
    role: 'server',
    hostKeys: { [hostKey.type]: hostKeyOf(hostKey) },
    signatureAlgorithms,
    keyLimit,
  } as const
  const server = createServer({ noDelay: true }, (socket) => {
    const transport: Transport = new Transport(socket, offerToStaff([hostKey.type]), as, {
      secured: () => {},
      serviceRequested: (name) => transport.acceptService(name),
      message(payload) {
        if (payload[0] === message.userauthRequest) transport.send(wireMessage(message.userauthSuccess))
        else layer.handle(payload)
      },
      closed: () => layer.closed(),
    })
    const layer = new ConnectionLayer(transport, (offer) => {
      let left = 0
      const pour = () => {
        while (left > 0 && end.outWindow > 0) {
          const chunk = Buffer.alloc(Math.min(left, end.outWindow, 32 * 1024))
          left -= chunk.length
          end.data(chunk)
          if (left === 0) finish(end)
        }
      }
      const request = (type: string, wantReply: boolean) => {
        if (wantReply) end.reply(true)
        if (type !== 'exec') return
        left = LENGTH
        pour()
      }
      const end: ChannelEnd = offer.accept({ ...deaf, request, adjustWindow: pour }, WINDOW_MAX)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    sshPort: (server.address() as AddressInfo).port,
    keyFile,
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
      await rm(directory, { recursive: true })
    },
  }
}

function finish(end: ChannelEnd): void {
  end.request('exit-status', false, uint32(0))
  end.eof()
  end.close()
}

/** What a command on a real sshd says through our transport, and how often keys were agreed after the first time. */
function pourFrom(
  sshd: { port: number; login: string },
  credentials: ConstructorParameters<typeof ClientAuthentication>[2],
): Promise<{ bytes: number; rekeyings: number }> {
  return new Promise((resolve, reject) => {
    let bytes = 0
    let rekeyings = -1
    const verifyHostKey = () => ++rekeyings >= 0
    const socket = connect({ port: sshd.port, host: '127.0.0.1', noDelay: true })
    const role = { role: 'client', verifyHostKey, keyLimit } as const
    const transport: Transport = new Transport(socket, offerToTarget(['ssh-ed25519']), role, {
      secured: () => transport.requestService('ssh-userauth'),
      serviceAccepted: () => signIn.start(),
      message(payload) {
        if (payload[0] === message.userauthSuccess) ask()
        else if ((payload[0] ?? 0) < message.globalRequest) signIn.handle(payload)
        else layer.handle(payload)
      },
      closed: (cause) => (cause === undefined ? resolve({ bytes, rekeyings }) : reject(cause)),
    })
    const signIn = new ClientAuthentication(transport, sshd.login, credentials)
    const layer = new ConnectionLayer(transport, () => {})
    const ask = () => {
      let end: ChannelEnd | undefined
      const data = (chunk: Buffer) => {
        bytes += chunk.length
        end?.adjustWindow(chunk.length)
      }
      const opened = (channel: ChannelEnd) => {
        end = channel
        channel.request('exec', false, string(`head -c ${LENGTH} /dev/zero`))
      }
      const listener = { ...deaf, data, close: () => socket.end() }
      layer.open('session', { listener, inWindow: WINDOW_MAX, opened, refused: (text) => reject(new Error(text)) })
    }
  })
}
