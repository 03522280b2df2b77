import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { fingerprint } from '#gateway/access/fingerprint.ts'
import { connectTarget } from '#gateway/target/connect-target.ts'
import { message } from '#gateway/transport/message.ts'
import { boolean, string, uint32 } from '#gateway/transport/wire.ts'
import type { RawPeer } from '#test/harness/raw-peer.ts'
import { rawTarget } from '#test/harness/raw-target.ts'
import { newKey } from '#test/harness/test-key.ts'
import { address, credentials, keyPage, outcomeOf } from './dialling.ts'

/** A target that answers each request to sign in with the next of these, and notes what it was asked. */
async function answering(...answers: ((peer: RawPeer) => void)[]) {
  const asked: string[][] = []
  const target = await rawTarget(async (peer) => {
    for (const answer of answers) {
      const request = await peer.next(message.userauthRequest)
      const words = [request.text(), request.text(), request.text()]
      if (words[2] === 'password') {
        request.boolean()
        words.push(request.text())
      }
      asked.push(words)
      answer(peer)
    }
    await peer.closed
  })
  return { ...target, asked, [Symbol.asyncDispose]: () => target[Symbol.asyncDispose]() }
}

const accept = (peer: RawPeer) => peer.send(message.userauthSuccess)
const refuse = (left: string) => (peer: RawPeer) => peer.send(message.userauthFailure, string(left), boolean(false))

/** SSH_MSG_USERAUTH_INFO_REQUEST: [question, whether the answer is shown]. */
const prompt =
  (...questions: (readonly [string, boolean])[]) =>
  (peer: RawPeer) => {
    const fields = questions.flatMap(([text, echo]) => [string(text), boolean(echo)])
    peer.send(message.userauthMethod60, string(''), string(''), string(''), uint32(questions.length), ...fields)
  }

describe('the sign-in to a target', () => {
  it('is by the support key, for the login asked for', async () => {
    await using target = await answering(accept)
    const link = await connectTarget(address(target), credentials('secret'))
    expect(target.asked).toEqual([['root', 'ssh-connection', 'publickey']])
    link.close()
  })

  it('tries the password where the key is refused and the vault holds one', async () => {
    await using target = await answering(refuse('publickey,password'), accept)
    const link = await connectTarget(address(target), credentials('secret'))
    expect(target.asked[1]).toEqual(['root', 'ssh-connection', 'password', 'secret'])
    link.close()
  })

  it('tries no password that it has not', async () => {
    await using target = await answering(refuse('publickey,password,keyboard-interactive'))
    await expect(connectTarget(address(target), credentials())).rejects.toMatchObject({
      code: 'target-refused-key',
      message: 'web1.acme refuses the support key for root: the client may have removed it',
      hint: `ask the client for it: the line for ~root/.ssh/authorized_keys is at ${keyPage}`,
    })
    expect(target.asked).toHaveLength(1)
  })

  it('tries a refused password once', async () => {
    await using target = await answering(refuse('password'), refuse('password'))
    await expect(connectTarget(address(target), credentials('secret'))).rejects.toMatchObject({
      code: 'target-refused-key',
    })
    expect(target.asked.map(([, , method]) => method)).toEqual(['publickey', 'password'])
  })

  it('answers the hidden questions of keyboard-interactive with the password, and no others', async () => {
    const answered: string[] = []
    await using target = await rawTarget(async (peer) => {
      await peer.next(message.userauthRequest)
      refuse('keyboard-interactive')(peer)
      await peer.next(message.userauthRequest)
      prompt(['Password: ', false], ['Your name: ', true])(peer)
      const reader = await peer.next(message.userauthInfoResponse)
      for (let count = reader.uint32(); count > 0; count--) answered.push(reader.text())
      accept(peer)
    })
    const link = await connectTarget(address(target), credentials('secret'))
    expect(answered).toEqual(['secret', ''])
    link.close()
  })

  it('answers four rounds of questions, the empty ones of PAM among them, and not five', async () => {
    const outcome = async (rounds: number) => {
      await using target = await rawTarget(async (peer) => {
        await peer.next(message.userauthRequest)
        refuse('keyboard-interactive')(peer)
        await peer.next(message.userauthRequest)
        for (let round = 0; round < rounds; round++) {
          prompt(...(round === 0 ? [['Password: ', false] as const] : []))(peer)
          await peer.next(message.userauthInfoResponse)
        }
        accept(peer)
      })
      return await outcomeOf(connectTarget(address(target), credentials('secret')))
    }
    expect(await outcome(4)).toBe('in')
    expect(await outcome(5)).toBe('target-refused-key')
  })

  it('takes 8 questions at once and not 9', async () => {
    const questions = (count: number) => prompt(...Array.from({ length: count }, () => ['?', true] as const))
    const outcome = async (count: number) => {
      await using target = await rawTarget(async (peer) => {
        await peer.next(message.userauthRequest)
        refuse('keyboard-interactive')(peer)
        await peer.next(message.userauthRequest)
        questions(count)(peer)
        await peer.next(message.userauthInfoResponse)
        accept(peer)
      })
      return await outcomeOf(connectTarget(address(target), credentials('secret')))
    }
    expect(await outcome(8)).toBe('in')
    expect(await outcome(9)).toBe('target-refused-key')
  })

  it('survives 33 million questions in nine bytes (research B6)', async () => {
    await using target = await answering(refuse('keyboard-interactive'), (peer) =>
      peer.send(message.userauthMethod60, string(''), string(''), string(''), uint32(33_000_000)),
    )
    await expect(connectTarget(address(target), credentials('secret'))).rejects.toMatchObject({
      code: 'target-refused-key',
    })
  })

  it('answers no question that it did not ask for', async () => {
    await using target = await answering(prompt(['Password: ', false]))
    await expect(connectTarget(address(target), credentials('secret'))).rejects.toMatchObject({
      code: 'target-refused-key',
    })
  })

  it('passes over banners', async () => {
    await using target = await answering((peer) => {
      peer.send(message.userauthBanner, string('Authorised use only'), string(''))
      accept(peer)
    })
    const link = await connectTarget(address(target), credentials())
    link.close()
  })

  it.each([
    ['a refusal that is cut', [message.userauthFailure, Buffer.of(0, 0)]],
    ['questions that are cut', [message.userauthMethod60, string(''), string('')]],
  ])('fails by %s', async (_, fields) => {
    await using target = await answering(refuse('keyboard-interactive'), (peer) => peer.send(...fields))
    await expect(connectTarget(address(target), credentials('secret'))).rejects.toMatchObject({
      code: 'target-unreachable',
    })
  })
})

describe('a target', () => {
  it('whose host key is not trusted is sent nothing', async () => {
    await using target = await answering(accept)
    const failure = connectTarget(address(target, []), credentials('secret'))
    await expect(failure).rejects.toMatchObject({
      code: 'target-key-unknown',
      message: `the host key of web1.acme is not trusted yet: it shows ${fingerprint(target.hostKey.blob)}`,
    })
    expect(target.asked).toEqual([])
  })

  it('whose host key has changed is sent nothing, and both fingerprints are named', async () => {
    const before = newKey('ssh-ed25519')
    await using target = await answering(accept)
    const failure = connectTarget(address(target, [before]), credentials('secret'))
    await expect(failure).rejects.toMatchObject({ code: 'target-key-changed' })
    const { message: text } = (await failure.catch((error: unknown) => error)) as Error
    expect(text).toContain(fingerprint(before.blob))
    expect(text).toContain(fingerprint(target.hostKey.blob))
    expect(target.asked).toEqual([])
  })

  it('may show any of the keys that are trusted', async () => {
    await using target = await answering(accept)
    const link = await connectTarget(address(target, [newKey('ssh-ed25519'), target.hostKey]), credentials())
    link.close()
  })

  it('that is not there is unreachable, in words', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    await expect(
      connectTarget(
        { name: 'web1.acme', host: '127.0.0.1', port, login: 'root', keyPage, trustedKeys: [] },
        credentials(),
      ),
    ).rejects.toMatchObject({
      code: 'target-unreachable',
      message: `cannot reach web1.acme at 127.0.0.1 port ${port}: connection refused`,
    })
  })

  it.each([
    ['closes at once', Buffer.alloc(0)],
    ['is no SSH server', Buffer.from('220 mail.example ESMTP\r\n'.repeat(2000))],
    ['speaks an old version', Buffer.from('SSH-1.5-old\r\n')],
    ['sends noise', Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), Buffer.alloc(50_000, 0xff)])],
  ])('that %s is unreachable', async (_, says) => {
    const server = createServer((socket) => socket.on('error', () => {}).end(says)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    await expect(
      connectTarget(
        { name: 'web1.acme', host: '127.0.0.1', port, login: 'root', keyPage, trustedKeys: [] },
        credentials(),
      ),
    ).rejects.toMatchObject({ code: 'target-unreachable' })
    server.close()
  })

  it('that leaves is told of once, also to whoever asks later', async () => {
    await using target = await rawTarget()
    const connecting = connectTarget(address(target), credentials())
    using peer = await target.peer()
    const link = await connecting
    let told = 0
    const left = new Promise<void>((resolve) => link.onClosed(() => (told++, resolve())))
    peer.socket.destroy()
    await left
    link.onClosed(() => told++)
    link.close()
    expect(told).toBe(2)
    const refused: string[] = []
    const silent = () => {}
    const listener = { data: silent, extendedData: silent, adjustWindow: silent, eof: silent, close: silent }
    link.openSession({
      listener: { ...listener, request: silent, reply: silent },
      inWindow: 1,
      opened: silent,
      refused: (text) => refused.push(text),
    })
    expect(refused).toEqual(['the connection has closed'])
  })
})
