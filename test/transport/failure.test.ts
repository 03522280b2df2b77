import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { offerToStaff, offerToTarget } from '#gateway/transport/algorithms.ts'
import { message } from '#gateway/transport/message.ts'
import { Transport, type Broken } from '#gateway/transport/transport.ts'
import { uint32, WireError } from '#gateway/transport/wire.ts'
import { RawPeer } from '#test/harness/raw-peer.ts'
import { socketPair } from '#test/harness/socket-pair.ts'
import { hostKeyOf, newKey, type TestKey } from '#test/harness/test-key.ts'

interface End {
  readonly known: Error | undefined
  readonly broken: Broken | undefined
}

/** The end of a transport in the role of the server, whose messages go to `take`. */
function endOf(socket: Socket, key: TestKey, take: () => void): Promise<End> {
  const as = { role: 'server', hostKeys: { [key.type]: hostKeyOf(key) }, signatureAlgorithms: [] } as const
  return new Promise((resolve) => {
    new Transport(socket, offerToStaff([key.type]), as, {
      secured: () => {},
      message: take,
      closed: (known, broken) => resolve({ known, broken }),
    })
  })
}

/** What a peer is told, and what our side knows, when reading its message throws. */
async function goodbyeFor(error: Error): Promise<End & { readonly told: string }> {
  const [here, there] = await socketPair()
  const key = newKey('ssh-ed25519')
  const end = endOf(here, key, () => {
    throw error
  })
  using peer = new RawPeer(there, offerToTarget([key.type]))
  await peer.nextKeys()
  peer.send(message.globalRequest)
  return { told: await peer.closed, ...(await end) }
}

describe('a message that cannot be read', () => {
  it.each([
    new TypeError("Cannot read properties of undefined (reading 'window')"),
    new RangeError('The value of "offset" is out of range'),
    new ReferenceError('x is not defined'),
    Object.assign(new TypeError('an argument'), { code: 'ERR_INVALID_ARG_TYPE' }),
  ])('tells the peer nothing of our insides: %s', async (error) => {
    expect(await goodbyeFor(error)).toEqual({
      told: 'a message that cannot be read',
      known: error,
      broken: 'by a fault of ours',
    })
  })

  it.each([new WireError('a message is shorter than it says'), new Error('a second EOF')])(
    'tells the peer what it did wrong: %s',
    async (error) => {
      expect(await goodbyeFor(error)).toEqual({ told: error.message, known: error, broken: 'by the peer' })
    },
  )

  it('tells what a packet is whose tag does not fit, and not in the words of OpenSSL', async () => {
    const words = new Error('error:00000000:lib(0)::reason(0)')
    expect(await goodbyeFor(words)).toMatchObject({ told: 'a packet was changed on its way', broken: 'by the peer' })
  })

  it('is a breach of the peer where a packet is shorter than its padding', async () => {
    const [here, there] = await socketPair()
    const end = endOf(here, newKey('ssh-ed25519'), () => {})
    there.resume().write(Buffer.concat([Buffer.from('SSH-2.0-Test\r\n'), uint32(12), Buffer.alloc(12, 255)]))
    expect(await end).toEqual({ known: new Error('a packet is shorter than its padding'), broken: 'by the peer' })
    there.destroy()
  })
})
