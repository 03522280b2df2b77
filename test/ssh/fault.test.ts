import { expect, it } from 'vitest'
import { parseForwarding } from '#gateway/access/forwarding.ts'
import type { ChannelEnd } from '#gateway/transport/channel-end.ts'
import { message } from '#gateway/transport/message.ts'
import type { SessionLink } from '#gateway/transport/session-link.ts'
import { string } from '#gateway/transport/wire.ts'
import { testGateway } from '#test/harness/gateway.ts'
import { askForSession, channelData, channelRequest, confirmed, signedInClient } from '#test/harness/raw-client.ts'
import { newKey } from '#test/harness/test-key.ts'
import { ask, origin, tcp } from './raw-forwarding.ts'

/** Says back what it hears, and has faults: it cannot bear a certain command, and no forward. */
function faultyLink(): SessionLink {
  return {
    openSession(wish) {
      const end: ChannelEnd = {
        outWindow: 1000,
        inWindow: wish.inWindow,
        backlog: 0,
        whenDrained: () => {},
        data: (bytes) => wish.listener.data(Buffer.from(bytes)),
        extendedData: () => {},
        adjustWindow: () => {},
        eof: () => {},
        close: () => {},
        reply: () => {},
        request(type) {
          if (type === 'exec') throw new TypeError('undefined is not a thing')
        },
      }
      wish.opened(end)
    },
    openForward() {
      throw new TypeError('undefined is not a way')
    },
    ask: (_type, _fields, answered) => answered(undefined),
    onOffer: () => {},
    close: () => {},
    onClosed: () => {},
  }
}

it('a fault in passing something on ends its session, with a word to its people and the log, and no other', async () => {
  await using gateway = await testGateway({ localShell: faultyLink })
  await gateway.addTarget('box', { kind: 'local-shell' })
  const key = newKey('ssh-ed25519')
  await gateway.stores.staff.addKey(gateway.staff.id, { type: key.type, blob: key.blob, comment: '' }, 'test')
  using struck = await signedInClient(gateway.sshPort, 'box.acme', key)
  using other = await signedInClient(gateway.sshPort, 'box.acme', key)
  askForSession(struck)
  askForSession(other)
  const channel = await confirmed(other)
  struck.send(channelRequest(await confirmed(struck), 'exec', true, string('make it fail')))
  expect(await struck.closed).toMatch(/^gatebook: an error in the gateway; try again, or ask its operator/)
  const told = await struck.next(message.channelExtendedData)
  told.uint32()
  told.uint32()
  expect(told.text()).toMatch(/^gatebook: an error in the gateway/)
  expect(gateway.logged.join('\n')).toMatch(/is ended: TypeError: undefined is not a thing\n +at \S/)
  other.send(channelData(channel, 'still here'))
  const data = await other.next(message.channelData)
  data.uint32()
  expect(data.text()).toBe('still here')
})

it('a fault in opening a forward ends its session, and not the gateway', async () => {
  await using gateway = await testGateway({ localShell: faultyLink })
  await gateway.addTarget('box', { kind: 'local-shell' })
  await gateway.stores.clients.set('acme', { policy: { forward: parseForwarding('dynamic') } }, 'test')
  const key = newKey('ssh-ed25519')
  await gateway.stores.staff.addKey(gateway.staff.id, { type: key.type, blob: key.blob, comment: '' }, 'test')
  using struck = await signedInClient(gateway.sshPort, 'box.acme', key)
  ask(struck, 'direct-tcpip', ...tcp('db1', 5432), ...origin)
  expect(await struck.closed).toMatch(/^gatebook: an error in the gateway/)
  expect(gateway.logged.join('\n')).toMatch(/is ended: TypeError: undefined is not a way\n/)
  using other = await signedInClient(gateway.sshPort, 'box.acme', key)
  askForSession(other)
  await confirmed(other)
})
