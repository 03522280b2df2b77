import { describe, expect, it } from 'vitest'
import { decide, type AccessFacts } from '#gateway/access/decision.ts'
import type { Grant } from '#gateway/access/grant.ts'
import { defaultPolicy } from '#gateway/access/policy.ts'
import { moveSupportKey, type SupportKeyMove, type SupportKeyState } from '#gateway/access/support-key.ts'

const now = new Date('2026-11-23T12:00:00.000Z')
const before = new Date(now.getTime() - 1)
const after = new Date(now.getTime() + 1)

const grant: Grant = {
  id: '1',
  staffId: 'ivan',
  clientId: 'acme',
  targetId: undefined,
  until: undefined,
  revokedAt: undefined,
}

const facts: AccessFacts = {
  staff: {
    id: 'ivan',
    login: 'ivan',
    name: '',
    email: '',
    roles: ['engineer'],
    from: [],
    fingerprints: [],
    disabledAt: undefined,
    totpSince: undefined,
  },
  client: { id: 'acme', slug: 'acme', name: 'Acme', zone: 'UTC', language: 'en' },
  target: {
    id: 'web1',
    clientId: 'acme',
    clientSlug: 'acme',
    name: 'web1',
    reach: { kind: 'local-shell' },
    login: 'root',
    logins: ['deploy'],
    notes: '',
  },
  targetRemoved: false,
  supportKey: { id: 'key', state: 'active', changedBy: 'operator' },
  grants: [grant],
  policy: defaultPolicy,
}

const from = (login: string) => ({ login, sourceAddress: '192.0.2.7' })
const withStaff = (change: Partial<AccessFacts['staff']>) => ({ ...facts, staff: { ...facts.staff, ...change } })
const withKey = (state: SupportKeyState) => ({ ...facts, supportKey: { id: 'key', state, changedBy: 'operator' } })
const withGrants = (...changes: Partial<Grant>[]) => ({
  ...facts,
  grants: changes.map((change) => Object.assign({}, grant, change)),
})

describe('a right', () => {
  it.each([
    ['of an engineer with a grant for the client', facts, 'root', undefined],
    ['of an administrator too', withStaff({ roles: ['admin'] }), 'root', undefined],
    ['for another login that the target allows', facts, 'deploy', undefined],
    ['from an address of the list', withStaff({ from: ['198.51.100.0/24', '192.0.2.7'] }), 'root', undefined],
    ['for this one target', withGrants({ targetId: 'web1' }), 'root', undefined],
    ['that ends in a millisecond', withGrants({ until: after }), 'root', after],
    ['that outlives another', withGrants({ until: before }, { until: after }), 'root', after],
    ['without an end beside one with an end', withGrants({ until: after }, {}), 'root', undefined],
    ['beside one that was revoked', withGrants({ revokedAt: before }, {}), 'root', undefined],
  ])('%s is there', (_, given, login, until) => {
    expect(decide(given, from(login), now)).toEqual({
      verdict: 'allow',
      supportKeyId: 'key',
      until,
      policy: defaultPolicy,
    })
  })

  it('by a key is there as long as the person has that key', () => {
    const known = withStaff({ fingerprints: ['SHA256:a', 'SHA256:b'] })
    expect(decide(known, { ...from('root'), ownKey: 'SHA256:b' }, now)).toMatchObject({ verdict: 'allow' })
    expect(decide(known, { ...from('root'), ownKey: 'SHA256:c' }, now)).toEqual({
      verdict: 'deny',
      reason: 'key-removed',
    })
  })

  it.each([
    ['staff-disabled', withStaff({ disabledAt: after })],
    ['address-not-allowed', withStaff({ from: ['192.0.2.8', '198.51.100.0/24'] })],
    ['no-role', withStaff({ roles: ['auditor', 'billing'] })],
    ['no-role', withStaff({ roles: [] })],
    ['target-removed', { ...facts, targetRemoved: true }],
    ['no-grant', withGrants()],
    ['no-grant', withGrants({ targetId: 'web2' })],
    ['grant-ended', withGrants({ until: now })],
    ['grant-ended', withGrants({ until: before })],
    ['grant-ended', withGrants({ revokedAt: before })],
    ['grant-ended', withGrants({ until: after, revokedAt: before })],
    ['policy-unreadable', { ...facts, policy: { unreadable: 'the policy of client acme cannot be read' } }],
    ['no-support-key', { ...facts, supportKey: undefined }],
    ['support-key-paused', withKey('paused')],
    ['support-key-revoked', withKey('revoked')],
    ['support-key-revoked', withKey('retired')],
  ] as const)('is denied: %s', (reason, given) => {
    expect(decide(given, from('root'), now)).toEqual({ verdict: 'deny', reason })
  })

  it.each(['', 'Root', 'root ', 'deploy2'])('for the login %j that the target does not name is denied', (login) => {
    expect(decide(facts, from(login), now)).toEqual({ verdict: 'deny', reason: 'login-not-allowed' })
  })

  it('is denied first for what the person is, last for the key of the client', () => {
    const nothing: AccessFacts = { ...withGrants(), targetRemoved: true, supportKey: undefined }
    const disabled = { ...nothing, staff: { ...facts.staff, disabledAt: before } }
    expect(decide(disabled, from('other'), now)).toMatchObject({ reason: 'staff-disabled' })
    expect(decide({ ...facts, supportKey: undefined }, from('other'), now)).toMatchObject({
      reason: 'login-not-allowed',
    })
  })
})

describe('a support key', () => {
  const states: SupportKeyState[] = ['active', 'paused', 'retired', 'revoked']
  const moves: SupportKeyMove[] = ['pause', 'resume', 'revoke']
  const allowed: Record<string, SupportKeyState> = {
    'active pause': 'paused',
    'active revoke': 'revoked',
    'paused resume': 'active',
    'paused revoke': 'revoked',
    'retired revoke': 'revoked',
  }

  it.each(states.flatMap((state) => moves.map((move) => [state, move] as const)))('that is %s: %s', (state, move) => {
    const next = allowed[`${state} ${move}`]
    if (next !== undefined) expect(moveSupportKey(state, move, 'acme')).toBe(next)
    else expect(() => moveSupportKey(state, move, 'acme')).toThrow(expect.objectContaining({ code: 'conflict' }))
  })
})
