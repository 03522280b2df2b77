import { contractTerms } from '#shared/contract.ts'
import { describe, expect, it } from 'vitest'
import type { AccessFacts } from '#gateway/access/decision.ts'
import { defaultPolicy } from '#gateway/access/policy.ts'
import { matchingRows, menuRow, menuRows } from '#gateway/ssh/menu/menu-list.ts'

const NOW = new Date('2026-11-23T12:00:00Z')

/** What is known of `NAME.acme` and one person who may work there. */
function facts(name: string, more: Partial<AccessFacts> = {}): AccessFacts {
  const grant = {
    id: 'g',
    staffId: 'ivan',
    clientId: 'acme',
    targetId: undefined,
    until: undefined,
    revokedAt: undefined,
  }
  return {
    staff: {
      id: 'ivan',
      login: 'ivan',
      name: 'Ivan',
      email: '',
      roles: ['engineer'],
      from: [],
      fingerprints: [],
      disabledAt: undefined,
      totpSince: undefined,
    },
    client: { id: 'acme', slug: 'acme', name: 'Acme Ltd', zone: 'UTC', language: 'en' },
    target: {
      id: name,
      clientId: 'acme',
      clientSlug: 'acme',
      name,
      reach: { kind: 'local-shell' },
      login: 'root',
      logins: [],
      notes: '',
    },
    targetRemoved: false,
    supportKey: { id: 'k', state: 'active', changedBy: 'operator' },
    grants: [grant],
    policy: defaultPolicy,
    ...more,
  }
}

const key = (state: 'paused' | 'revoked') => ({ supportKey: { id: 'k', state, changedBy: 'client:acme' } })

describe('the list of a person', () => {
  it('has what was worked on last first, and then the names', () => {
    const last = new Map([
      ['c', new Date('2026-11-20T00:00:00Z')],
      ['d', new Date('2026-11-22T00:00:00Z')],
    ])
    const rows = menuRows(
      ['d', 'b', 'c', 'a'].map((name) => facts(name)),
      { lastSessions: last, contracts: [], now: NOW },
    )
    expect(rows.map(({ target }) => target)).toEqual(['d.acme', 'c.acme', 'a.acme', 'b.acme'])
    expect(rows[0]).toMatchObject({ client: 'Acme Ltd', key: 'active', lastSession: last.get('d') })
  })

  it('shows targets whose key does not work now, and why', () => {
    const rows = menuRows(
      [facts('a', key('paused')), facts('b', key('revoked')), facts('c', { supportKey: undefined })],
      { lastSessions: new Map(), contracts: [], now: NOW },
    )
    expect(rows.map((row) => row.key)).toEqual(['paused', 'revoked', 'none'])
  })

  it('leaves out what no grant, no role or no target is there for', () => {
    const [grant] = facts('a').grants
    const ended = { ...grant!, until: NOW }
    const running = { ...grant!, until: new Date(NOW.getTime() + 1) }
    const { staff } = facts('a')
    const rows = menuRows(
      [
        facts('a', { grants: [ended] }),
        facts('b', { grants: [running] }),
        facts('c', { grants: [] }),
        facts('d', { targetRemoved: true }),
        facts('e', { staff: { ...staff, roles: ['billing'] } }),
        facts('f', { staff: { ...staff, disabledAt: NOW } }),
      ],
      { lastSessions: new Map(), contracts: [], now: NOW },
    )
    expect(rows.map(({ target }) => target)).toEqual(['b.acme'])
  })
})

it('says what the client has paid ahead this month, by the contract of their zone', () => {
  const terms = (packageMinutes: number) =>
    contractTerms.parse({ packageMinutes, rateMinorPerHour: 0, currency: 'RUB' })
  const entered = { enteredAt: NOW, enteredBy: 'operator' }
  const contracts = [
    { client: 'acme', validFrom: '2026-01-01', terms: terms(60), ...entered },
    { client: 'acme', validFrom: '2026-11-01', terms: terms(300), ...entered },
    { client: 'acme', validFrom: '2026-12-01', terms: terms(600), ...entered },
    { client: 'zeta', validFrom: '2026-11-01', terms: terms(1), ...entered },
  ]
  const packageAt = (now: string) =>
    menuRows([facts('a')], { lastSessions: new Map(), contracts, now: new Date(now) })[0]?.packageMinutes
  expect(packageAt('2026-11-23T12:00:00Z')).toBe(300)
  expect(packageAt('2026-12-01T12:00:00Z')).toBe(600)
  expect(packageAt('2025-12-01T12:00:00Z')).toBeUndefined()
})

describe('the filter', () => {
  const about = { key: 'active', packageMinutes: undefined, lastSession: undefined } as const
  const rows = [
    menuRow('web1.acme', { ...about, client: 'Acme Ltd', notes: 'the shop\nNginx' }),
    menuRow('db1.acme', { ...about, client: 'Acme Ltd', notes: '' }),
    menuRow('web1.zenit', { ...about, client: 'ЗЕНИТ', notes: 'shop of the other' }),
  ]

  it.each([
    ['', ['web1.acme', 'db1.acme', 'web1.zenit']],
    ['   ', ['web1.acme', 'db1.acme', 'web1.zenit']],
    ['WEB', ['web1.acme', 'web1.zenit']],
    ['ltd', ['web1.acme', 'db1.acme']],
    ['зенит', ['web1.zenit']],
    ['nginx', ['web1.acme']],
    ['shop acme', ['web1.acme']],
    ['acme shop', ['web1.acme']],
    ['shop db1', []],
    ['acmeacme', []],
  ])('%j leaves %j', (filter, targets) => {
    expect(matchingRows(rows, filter).map(({ target }) => target)).toEqual(targets)
  })
})
