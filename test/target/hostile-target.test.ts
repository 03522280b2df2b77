import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it, onTestFinished, vi } from 'vitest'
import { connectTarget } from '#gateway/target/connect-target.ts'
import { message } from '#gateway/transport/message.ts'
import { string, uint32 } from '#gateway/transport/wire.ts'
import { slipIn } from '#test/harness/plain-packet.ts'
import { rawTarget } from '#test/harness/raw-target.ts'
import { newKey, type TestKey } from '#test/harness/test-key.ts'
import { address, credentials, keyPage, outcomeOf } from './dialling.ts'

const compressing = { cipher: ['aes128-ctr'], mac: ['hmac-sha2-256'], compress: ['zlib'], lang: [] }

it.each([
  ['compressed packets', { cs: compressing, sc: compressing }],
  ['key exchange by SHA-1', { kex: ['diffie-hellman-group14-sha1'] }],
  ['key exchange of a group that it chooses', { kex: ['diffie-hellman-group-exchange-sha256'] }],
])('a target that has nothing but %s is unreachable', async (_, change) => {
  await using target = await rawTarget(undefined, { change })
  expect(await outcomeOf(connectTarget(address(target), credentials()))).toBe('target-unreachable')
})

it('a target may greet with 32 KiB before its name, and not more', async () => {
  const greeted = async (lines: number) => {
    await using target = await rawTarget(undefined, { greeting: `${'x'.repeat(1022)}\r\n`.repeat(lines) })
    return await outcomeOf(connectTarget(address(target), credentials()))
  }
  expect(await greeted(31)).toBe('in')
  expect(await greeted(200)).toBe('target-unreachable')
})

it('a target that slips a message in before the keys is unreachable (Terrapin)', async () => {
  await using target = await rawTarget(async (peer) => {
    slipIn(peer.socket)
    await peer.next(message.userauthRequest)
    peer.send(message.userauthSuccess)
  })
  expect(await outcomeOf(connectTarget(address(target), credentials()))).toBe('target-unreachable')
})

it('a target whose goodbye a terminal would obey is quoted without that', async () => {
  await using target = await rawTarget(async (peer) => {
    await peer.next(message.userauthRequest)
    peer.send(message.disconnect, uint32(11), string('\x1b]0;owned\x07\r\n'), string(''))
    await peer.closed
  })
  const failure = connectTarget(address(target), credentials())
  await expect(failure).rejects.toThrow(/: \?\]0;owned\?\?\?$/)
})

it('a target that shows another host key with new keys is left', async () => {
  await using target = await rawTarget()
  const connecting = connectTarget(address(target), credentials())
  using peer = await target.peer()
  const link = await connecting
  const left = new Promise<void>((resolve) => link.onClosed(resolve))
  const { blob, privateKey } = newKey('ssh-ed25519')
  Object.assign(target.hostKey, { blob, privateKey })
  peer.rekey().catch(() => {})
  await left
})

it('a target that says nothing is given up after 15 s', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await expectGivenUp(port, once(server, 'connection'))
  server.close()
})

it('a target that answers no request to sign in is given up after 15 s', async () => {
  let asked = () => {}
  const isAsked = new Promise<void>((resolve) => (asked = resolve))
  await using target = await rawTarget(async (peer) => {
    await peer.next(message.userauthRequest)
    asked()
    await peer.closed
  })
  await expectGivenUp(target.port, isAsked, [target.hostKey])
})

/** Whoever dials this port gives up 15 s after it began, and not before; `until` tells how far it has come then. */
async function expectGivenUp(port: number, until: Promise<unknown>, trusted: readonly TestKey[] = []): Promise<void> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const where = { name: 'web1.acme', host: '127.0.0.1', port, login: 'root', keyPage, trustedKeys: trusted }
  const outcome = connectTarget(where, credentials()).catch((error: unknown) => (error as Error).message)
  await until
  vi.advanceTimersByTime(14_999)
  expect(await Promise.race([outcome, nextTurn('waits')])).toBe('waits')
  vi.advanceTimersByTime(1)
  expect(await outcome).toBe(`cannot reach web1.acme at 127.0.0.1 port ${port}: no answer within 15 s`)
}
