import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { string, uint32, wireMessage, WireReader } from '#gateway/transport/wire.ts'

/** A key that an agent holds. */
export interface AgentKey {
  readonly blob: Buffer
  /** The signature with the name of its algorithm and all that belongs to it. */
  prove(data: Buffer): Buffer
}

/** Numbers of draft-ietf-sshm-ssh-agent §6.1. */
const FAILURE = 5
const REQUEST_IDENTITIES = 11
const IDENTITIES_ANSWER = 12
const SIGN_REQUEST = 13
const SIGN_RESPONSE = 14

/** An ssh-agent that listens on the socket `path` and signs with these keys, FIDO keys among them, whoever asks. */
export async function signingAgent(path: string, keys: readonly AgentKey[]): Promise<AsyncDisposable> {
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    let received = Buffer.alloc(0)
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      while (received.length >= 4 && received.length >= 4 + received.readUInt32BE(0)) {
        const end = 4 + received.readUInt32BE(0)
        socket.write(string(answer(received.subarray(4, end), keys)))
        received = received.subarray(end)
      }
    })
  }).listen(path)
  await once(server, 'listening')
  return {
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function answer(request: Buffer, keys: readonly AgentKey[]): Buffer {
  const reader = new WireReader(request, 1)
  if (request[0] === REQUEST_IDENTITIES) {
    const identities = keys.flatMap(({ blob }) => [string(blob), string('test')])
    return wireMessage(IDENTITIES_ANSWER, uint32(keys.length), ...identities)
  }
  if (request[0] !== SIGN_REQUEST) return Buffer.of(FAILURE)
  const [blob, data] = [reader.string(), reader.string()]
  const key = keys.find((candidate) => candidate.blob.equals(blob))
  return key === undefined ? Buffer.of(FAILURE) : wireMessage(SIGN_RESPONSE, string(key.prove(data)))
}
