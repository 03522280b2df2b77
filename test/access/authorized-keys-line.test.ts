import { describe, expect, it } from 'vitest'
import { authorizedKeysLine, forwardingOptions } from '#gateway/access/authorized-keys-line.ts'
import { noForwarding, parseForwarding } from '#gateway/access/forwarding.ts'
import { fingerprint } from '#gateway/access/fingerprint.ts'

// A key of ssh-keygen 9.2 and what its `ssh-keygen -lf` printed.
const base64 = 'AAAAC3NzaC1lZDI1NTE5AAAAIGTWClf+Y1xhppXEHuVm5N1WvYIAiT/RykMCB4+ElPRY'
const printed = 'SHA256:q36C1yiZ8AwGDb36u/QbjE2uZDc7rqpTexClCLuWpuU'
const blob = Buffer.from(base64, 'base64')

describe('the line for authorized_keys', () => {
  it('restricts the key to a terminal and names the client', () => {
    expect(authorizedKeysLine(blob, { clientSlug: 'acme', publicAddress: undefined, allowed: [noForwarding] })).toBe(
      `restrict,pty ssh-ed25519 ${base64} gatebook:acme`,
    )
  })

  it('binds the key to the public address where that is known', () => {
    expect(authorizedKeysLine(blob, { clientSlug: 'acme', publicAddress: '203.0.113.7', allowed: [] })).toBe(
      `restrict,pty,from="203.0.113.7" ssh-ed25519 ${base64} gatebook:acme`,
    )
  })
})

describe('what policies let be forwarded', () => {
  it.each([
    [['none'], []],
    [['db1:5432'], ['port-forwarding']],
    [['dynamic'], ['port-forwarding']],
    [['remote'], ['port-forwarding']],
    [['streamlocal'], ['port-forwarding']],
    [['agent'], ['agent-forwarding']],
    [['x11'], ['X11-forwarding']],
    [
      ['none', 'agent', 'db1:5432'],
      ['port-forwarding', 'agent-forwarding'],
    ],
  ])('%j is given back by %j', (lists, options) => {
    const allowed = lists.map((list) => parseForwarding(list)!)
    expect(forwardingOptions(allowed)).toEqual(options)
    const line = authorizedKeysLine(blob, { clientSlug: 'acme', publicAddress: undefined, allowed })
    expect(line.split(' ')[0]).toBe(['restrict', 'pty', ...options].join(','))
  })
})

describe('a fingerprint', () => {
  it('reads as ssh-keygen -l prints it', () => {
    expect(fingerprint(blob)).toBe(printed)
  })
})
