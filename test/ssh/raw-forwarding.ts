import { parseForwarding } from '#gateway/access/forwarding.ts'
import { message, openFailure } from '#gateway/transport/message.ts'
import { boolean, string, uint32, type WireReader } from '#gateway/transport/wire.ts'
import type { RawPeer } from '#test/harness/raw-peer.ts'
import type { RawWorld } from './raw-world.ts'

/** `--forward` with all that it can say. */
export const everything = 'dynamic,remote,agent,x11,streamlocal'

/** With what a target refuses a channel to staff that they did not ask for. */
export const unasked = [openFailure.prohibited, 'nobody asked for this channel']

/** What `--forward` of acme says from now on. */
export async function allow(world: RawWorld, list: string): Promise<void> {
  await world.gateway.stores.clients.set('acme', { policy: { forward: parseForwarding(list) } }, 'test')
}

export const tcp = (host: string, port: number) => [string(host), uint32(port)]
export const origin = tcp('192.0.2.9', 40_000)

export function ask(peer: RawPeer, type: string, ...fields: Buffer[]): void {
  askAs(7, peer, type, ...fields)
}

export function askAs(id: number, peer: RawPeer, type: string, ...fields: Buffer[]): void {
  peer.send(message.channelOpen, string(type), uint32(id), uint32(2 ** 20), uint32(32_768), ...fields)
}

export function request(peer: RawPeer, type: string, ...fields: Buffer[]): void {
  peer.send(message.globalRequest, string(type), boolean(true), ...fields)
}

/** The next channel that the gateway asks a peer for, granted under this number: its type, its fields, the gateway's number of it. */
export async function grant(peer: RawPeer, id = 7): Promise<{ type: string; fields: Buffer; number: number }> {
  const asked = await peer.next(message.channelOpen)
  const [type, number] = [asked.text(), asked.uint32()]
  asked.uint32()
  asked.uint32()
  peer.send(message.channelOpenConfirmation, uint32(number), uint32(id), uint32(2 ** 20), uint32(32_768))
  return { type, fields: asked.rest(), number }
}

/** The next global request but keepalives. */
export async function requested(peer: RawPeer): Promise<[type: string, fields: Buffer]> {
  const reader = await peer.next(message.globalRequest)
  const type = reader.text()
  reader.boolean()
  return [type, reader.rest()]
}

export async function refusal(peer: RawPeer): Promise<[reason: number, text: string]> {
  const reader = await peer.next(message.channelOpenFailure)
  reader.uint32()
  return [reader.uint32(), reader.text()]
}

export async function data(peer: RawPeer, type: number = message.channelData): Promise<string> {
  const reader: WireReader = await peer.next(type)
  reader.uint32()
  if (type === message.channelExtendedData) reader.uint32()
  return reader.text()
}

/** Everything said before is dealt with then. */
export async function roundTrip(peer: RawPeer): Promise<void> {
  request(peer, 'keepalive@openssh.com')
  await peer.next(message.requestFailure)
}

/** Lets the target listen at localhost:8080. */
export async function listening(staff: RawPeer, target: RawPeer): Promise<void> {
  request(staff, 'tcpip-forward', ...tcp('localhost', 8080))
  await requested(target)
  target.send(message.requestSuccess)
  await staff.next(message.requestSuccess)
}
