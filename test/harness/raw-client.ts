import { connect } from 'node:net'
import { hostKeyAlgorithms, offerToTarget } from '#gateway/transport/algorithms.ts'
import { message } from '#gateway/transport/message.ts'
import { boolean, string, uint32, wireMessage, type WireField } from '#gateway/transport/wire.ts'
import { RawPeer, SERVICE_ACCEPTED } from './raw-peer.ts'
import type { TestKey } from './test-key.ts'

/** A client of the gateway, its keys agreed; `localAddress` is where it comes from, any of 127.0.0.0/8. */
export async function rawClient(
  port: number,
  offer = offerToTarget(hostKeyAlgorithms),
  localAddress = '127.0.0.1',
): Promise<RawPeer> {
  const socket = connect({ port, host: '127.0.0.1', localAddress, noDelay: true })
  const peer = new RawPeer(socket, offer)
  await peer.nextKeys()
  return peer
}

/** A client that may ask who it is. */
export async function strangerTo(port: number, from?: string): Promise<RawPeer> {
  const peer = await rawClient(port, undefined, from)
  peer.requestService('ssh-userauth')
  await peer.next(SERVICE_ACCEPTED)
  return peer
}

/** A request of RFC 4252 §7, signed by `key` unless another signature is given. */
export function signedRequest(peer: RawPeer, userName: string, key: TestKey, signature?: Buffer): Buffer {
  return provenRequest(peer, userName, key, (signed) =>
    wireMessage(string(key.algorithm), string(signature ?? key.sign(signed))),
  )
}

/** The same for keys and certificates of any kind; `prove` gives the signature with all that belongs to it. */
export function provenRequest(
  peer: RawPeer,
  userName: string,
  key: Pick<TestKey, 'algorithm' | 'blob'>,
  prove: (signed: Buffer) => Buffer,
): Buffer {
  const head = wireMessage(message.userauthRequest, string(userName), string('ssh-connection'), string('publickey'))
  const request = Buffer.concat([head, boolean(true), string(key.algorithm), string(key.blob)])
  return Buffer.concat([request, string(prove(Buffer.concat([string(peer.sessionId()), request])))])
}

/** A client that is signed in. */
export async function signedInClient(port: number, userName: string, key: TestKey): Promise<RawPeer> {
  const peer = await strangerTo(port)
  peer.send(signedRequest(peer, userName, key))
  await peer.next(message.userauthSuccess)
  return peer
}

/** What comes of one request that `prove` signs, and what the gateway says about it. */
export async function trySigningIn(
  port: number,
  key: Pick<TestKey, 'algorithm' | 'blob'>,
  prove: (signed: Buffer) => Buffer,
): Promise<{ letIn: boolean; said: string }> {
  using peer = await strangerTo(port)
  peer.send(provenRequest(peer, 'nobody', key, prove))
  const accepted = peer.next(message.userauthSuccess).then(() => true)
  const letIn = await Promise.race([accepted, peer.next(message.userauthFailure).then(() => false)])
  const said = peer.count(message.userauthBanner) > 0 ? (await peer.next(message.userauthBanner)).text() : ''
  return { letIn, said }
}

/** Asks for a session channel of this number. */
export function askForSession(peer: RawPeer, { id = 0, window = 2 ** 21, packet = 32_768 } = {}): void {
  peer.send(message.channelOpen, string('session'), uint32(id), uint32(window), uint32(packet))
}

/** The peer's number of the channel that it confirmed. */
export async function confirmed(peer: RawPeer): Promise<number> {
  const reader = await peer.next(message.channelOpenConfirmation)
  reader.uint32()
  return reader.uint32()
}

export function channelRequest(channel: number, type: string, wantReply: boolean, ...fields: WireField[]): Buffer {
  return wireMessage(message.channelRequest, uint32(channel), string(type), boolean(wantReply), ...fields)
}

export function channelData(channel: number, bytes: Buffer | string): Buffer {
  return wireMessage(message.channelData, uint32(channel), string(bytes))
}
