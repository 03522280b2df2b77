import { message } from '#gateway/transport/message.ts'
import { uint32 } from '#gateway/transport/wire.ts'
import { testGateway, type TestGateway } from '#test/harness/gateway.ts'
import { askForSession, confirmed, signedInClient } from '#test/harness/raw-client.ts'
import type { RawPeer } from '#test/harness/raw-peer.ts'
import { rawTarget, type RawTarget } from '#test/harness/raw-target.ts'
import { newKey } from '#test/harness/test-key.ts'

/** Both ends of one session channel through a gateway; the channel numbers are the gateway's. */
export interface RawSession {
  readonly staff: RawPeer
  readonly target: RawPeer
  readonly staffChannel: number
  readonly targetChannel: number
  [Symbol.dispose](): void
}

/** A gateway between a raw client and a raw target `web1.acme`. */
export interface RawWorld {
  readonly gateway: TestGateway
  readonly target: RawTarget
  /** A client that signed in for `web1.acme`, and what the gateway dialled for it. */
  pair(): Promise<{ staff: RawPeer; target: RawPeer; [Symbol.dispose](): void }>
  /** A client that signed in for another target of acme. */
  clientOf(name: string, target: RawTarget): Promise<RawPeer>
  /** A client that signed in under this user name, which names no target. */
  as(userName: string): Promise<RawPeer>
  /** A session with one channel; sizes are those that either end lets the gateway send. */
  session(windows?: { staff?: number; target?: number; packet?: number }): Promise<RawSession>
  [Symbol.asyncDispose](): Promise<void>
}

export async function rawWorld(environment: Readonly<Record<string, string>> = {}): Promise<RawWorld> {
  const target = await rawTarget()
  const gateway = await testGateway({ environment })
  const add = async (name: string, { port, hostKey }: RawTarget) => {
    const added = await gateway.addTarget(name, { kind: 'ssh', host: '127.0.0.1', port })
    await gateway.stores.targets.trust(added.id, [{ type: hostKey.type, blob: hostKey.blob }], 'test')
  }
  await add('web1', target)
  const key = newKey('ssh-ed25519')
  await gateway.stores.staff.addKey(gateway.staff.id, { type: key.type, blob: key.blob, comment: '' }, 'test')
  const pair = async () => {
    const staff = await signedInClient(gateway.sshPort, 'web1.acme', key)
    const peer = await target.peer()
    return { staff, target: peer, [Symbol.dispose]: () => [staff, peer].forEach((end) => end.socket.destroy()) }
  }
  return {
    gateway,
    target,
    pair,
    async clientOf(name, other) {
      await add(name, other)
      return signedInClient(gateway.sshPort, `${name}.acme`, key)
    },
    as: (userName) => signedInClient(gateway.sshPort, userName, key),
    async session({ staff: staffWindow = 2 ** 21, target: targetWindow = 2 ** 21, packet = 32_768 } = {}) {
      const ends = await pair()
      askForSession(ends.staff, { window: staffWindow, packet })
      const targetChannel = await grantSession(ends.target, { window: targetWindow, packet })
      return { ...ends, staffChannel: await confirmed(ends.staff), targetChannel }
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await target[Symbol.asyncDispose]()
    },
  }
}

/** Takes the next session channel that the gateway asks a target for; gives the gateway's number of it. */
export async function grantSession(
  target: RawPeer,
  { id = 0, window = 2 ** 21, packet = 32_768 } = {},
): Promise<number> {
  const asked = await target.next(message.channelOpen)
  asked.string()
  const number = asked.uint32()
  target.send(message.channelOpenConfirmation, uint32(number), uint32(id), uint32(window), uint32(packet))
  return number
}
