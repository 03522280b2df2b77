import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import type { Staff } from '#gateway/access/staff.ts'
import { totpCode, totpStep } from '#gateway/access/totp.ts'
import type { Clock } from '#gateway/clock.ts'
import type { RunningGateway } from '#gateway/start/start-gateway.ts'
import { message } from '#gateway/transport/message.ts'
import { string, uint32, wireMessage } from '#gateway/transport/wire.ts'
import { sealTotpSecret } from '#gateway/vault/totp-secret.ts'
import { signedRequest, strangerTo } from './raw-client.ts'
import type { RawPeer } from './raw-peer.ts'
import type { TestKey } from './test-key.ts'

/** Somebody's authenticator app. */
export interface Authenticator {
  readonly secret: Buffer
  /** Of the running step, or so many after it. */
  code(stepsOn?: number): string
  /** A code that no step near is of. */
  wrongCode(): string
}

/** Gives a person a second factor. */
export async function enrol({ stores, vault }: RunningGateway, { id }: Staff, clock: Clock): Promise<Authenticator> {
  const secret = randomBytes(20)
  await stores.secondFactors.enrol(id, sealTotpSecret(vault, id, secret), undefined, 'test')
  const code = (stepsOn = 0) => totpCode(secret, totpStep(clock.now()) + stepsOn)
  return {
    secret,
    code,
    wrongCode() {
      const near = new Set([-2, -1, 0, 1, 2].map(code))
      return ['000000', '111111', '222222', '333333', '444444', '555555'].find((guess) => !near.has(guess)) ?? ''
    },
  }
}

/** What a refusal says: the methods that can go on, and whether that before them was right. */
export async function refusal(peer: RawPeer): Promise<[string, boolean]> {
  const reader = await peer.next(message.userauthFailure)
  return [reader.text(), reader.boolean()]
}
export const STRANGERS_METHODS = ['publickey', false]
export const ONLY_THE_CODE = ['keyboard-interactive', false]

/** The banner. */
export async function said(peer: RawPeer): Promise<string> {
  return (await peer.next(message.userauthBanner)).text()
}

/** RFC 4256 §3.1. */
export function codeRequest(userName = 'web1.acme', service = 'ssh-connection'): Buffer {
  const fields = [userName, service, 'keyboard-interactive', '', ''].map((text) => string(text))
  return wireMessage(message.userauthRequest, ...fields)
}

/** RFC 4256 §3.4. */
export function codeAnswer(...answers: string[]): Buffer {
  return wireMessage(message.userauthInfoResponse, uint32(answers.length), ...answers.map((text) => string(text)))
}

/** Somebody who has proven the key for `web1.acme`, and whose code is still missing. */
export async function halfIn(port: number, key: TestKey, from?: string): Promise<RawPeer> {
  const peer = await strangerTo(port, from)
  peer.send(signedRequest(peer, 'web1.acme', key))
  expect(await refusal(peer)).toEqual(['keyboard-interactive', true])
  return peer
}

/** Asks to be asked, and gives a code. */
export async function giveCode(peer: RawPeer, code: string): Promise<void> {
  peer.send(codeRequest())
  await peer.next(message.userauthMethod60)
  peer.send(codeAnswer(code))
}
