import { describe, expect, it } from 'vitest'
import type { AccessFacts, Denial } from '#gateway/access/decision.ts'
import { defaultPolicy } from '#gateway/access/policy.ts'
import { GatewayError } from '#gateway/errors.ts'
import { explainDenial, explainFailure } from '#gateway/ssh/refusal-texts.ts'

const facts: AccessFacts = {
  staff: {
    id: '1',
    login: 'ivan',
    name: '',
    email: '',
    roles: [],
    from: [],
    fingerprints: [],
    disabledAt: undefined,
    totpSince: undefined,
  },
  client: { id: '2', slug: 'acme', name: 'Acme', zone: 'UTC', language: 'en' },
  target: {
    id: '3',
    clientId: '2',
    clientSlug: 'acme',
    name: 'web1',
    reach: { kind: 'local-shell' },
    login: 'root',
    logins: [],
    notes: '',
  },
  targetRemoved: false,
  supportKey: { id: '4', state: 'paused', changedBy: 'client:acme' },
  grants: [],
  policy: defaultPolicy,
}

describe('a denial', () => {
  it.each<[Denial, string]>([
    ['staff-disabled', 'ask an administrator'],
    ['address-not-allowed', 'gatebook staff set ivan --from ADDRESS'],
    ['no-role', 'gatebook staff set ivan --role engineer'],
    ['target-removed', 'ask an administrator'],
    ['no-grant', 'gatebook grant add ivan web1.acme'],
    ['grant-ended', 'ask an administrator for a new one'],
    ['policy-unreadable', 'gatebook target show web1.acme'],
    ['login-not-allowed', 'gatebook target set web1.acme --logins deploy'],
    ['no-support-key', 'gatebook key issue acme'],
    ['support-key-paused', 'was paused by client:acme; ask the client to resume it'],
    ['support-key-revoked', 'was revoked by client:acme; ask the client'],
  ])('%s says what to do next', (denial, next) => {
    const text = explainDenial(denial, facts, 'deploy')
    expect(text).toContain(next)
    expect(text).toMatch(/ivan|web1\.acme|acme/)
    expect(text).not.toContain('\n')
  })
})

describe('a failure', () => {
  it.each([
    [
      'of the target is told with its hint',
      new GatewayError('target-unreachable', 'no route', 'call them'),
      'no route\ncall them',
    ],
    [
      'without a hint is told',
      new GatewayError('conflict', 'the support key was revoked'),
      'the support key was revoked',
    ],
  ])('%s', (_, error, text) => {
    expect(explainFailure(error)).toBe(text)
  })

  it.each([
    'database-unavailable',
    'database-setup',
    'master-key',
    'record-failed',
    'installation',
    'data-directory',
  ] as const)('of the kind %s tells nothing of the inside', (code) => {
    const text = explainFailure(
      new GatewayError(code, 'postgres://user:secret@db', '/var/lib/secret', new Error('secret')),
    )
    expect(text).not.toMatch(/secret|postgres/)
    expect(text).toMatch(/try again|operator/)
  })

  it.each([new TypeError('secret'), 'secret', undefined, null])('that nobody foresaw tells nothing: %s', (error) => {
    expect(explainFailure(error)).toBe(
      'an error in the gateway; try again, or ask its operator: the log has the details',
    )
  })
})
