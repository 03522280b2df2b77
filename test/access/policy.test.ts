import { describe, expect, it } from 'vitest'
import { noForwarding } from '#gateway/access/forwarding.ts'
import {
  defaultPolicy,
  demandPolicyEntries,
  effectivePolicy,
  readPolicyEntries,
  type PolicyEntries,
} from '#gateway/access/policy.ts'

describe('a policy', () => {
  it('is what the target says, else what the client says, else the default', () => {
    const client: PolicyEntries = { idleEndS: 900, idleCountsOutput: true }
    expect(effectivePolicy(defaultPolicy, {}, {})).toEqual(defaultPolicy)
    expect(effectivePolicy(defaultPolicy, client, {})).toEqual({ ...defaultPolicy, ...client })
    const target = { idleEndS: 0, idleCountsOutput: false }
    expect(effectivePolicy(defaultPolicy, client, target)).toEqual({ ...defaultPolicy, ...target })
  })

  it('is read from the database member by member, down to none', () => {
    expect(readPolicyEntries({}, 'client acme')).toEqual({})
    expect(readPolicyEntries({ idleEndS: 86_400 }, 'client acme')).toEqual({ idleEndS: 86_400 })
  })

  it.each([
    [{ needsFourEyes: true }, /needsFourEyes/],
    [{ idleEndS: 0, __proto__: null, idleends: 5 }, /idleends/],
    [{ idleEndS: '900' }, /idleEndS: .*number/],
    [{ idleEndS: -1 }, /idleEndS/],
    [{ idleEndS: 86_401 }, /idleEndS/],
    [{ idleEndS: 1.5 }, /idleEndS/],
    [{ forward: { local: [], dynamic: true } }, /forward: remote/],
    [{ forward: { ...noForwarding, tun: true } }, /forward: .*tun/],
    [{ forward: { ...noForwarding, local: ['db1'] } }, /forward: local: 0/],
    [{ idleCountsOutput: null }, /idleCountsOutput/],
    [[], /object/],
    [null, /object/],
    ['{}', /object/],
  ])('that says %j is unreadable, and the text says why', (stored, why) => {
    const read = readPolicyEntries(stored, 'client acme')
    expect(read).toEqual({ unreadable: expect.stringMatching(why) })
    expect(read).toEqual({ unreadable: expect.stringMatching(/^the policy of client acme cannot be read \(.*\)$/) })
    expect(() => demandPolicyEntries(stored, 'client acme')).toThrow(expect.objectContaining({ code: 'conflict' }))
  })
})
