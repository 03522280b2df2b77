import { describe, expect, it } from 'vitest'
import { pageRight, pageScope, type PageAct, type PageReader } from '#gateway/access/page-rights.ts'
import type { StaffRole } from '#gateway/access/staff.ts'

const ivan = (...roles: StaffRole[]): PageReader => ({ kind: 'staff', login: 'ivan', name: 'Ivan', roles })
const acme = (role: 'owner' | 'viewer'): PageReader => ({ kind: 'client-user', client: 'acme', role })

const things = {
  'own client': { client: 'acme', staff: 'ivan' },
  'another person': { client: 'acme', staff: 'olga' },
  'another client': { client: 'zeta', staff: 'olga' },
} as const

const acts: readonly PageAct[] = [
  'see-client',
  'see-key',
  'move-key',
  'see-session',
  'see-content',
  'see-task',
  'raise-task',
  'close-task',
]

// One letter per act, in the order above: a(llow), f(orbid), h(ide).
const table: readonly (readonly [string, PageReader, Record<keyof typeof things, string>])[] = [
  ['admin', ivan('admin'), { 'own client': 'aaaaaaaa', 'another person': 'aaaaaaaa', 'another client': 'aaaaaaaa' }],
  [
    'auditor',
    ivan('auditor'),
    { 'own client': 'aafaaaff', 'another person': 'aafaaaff', 'another client': 'aafaaaff' },
  ],
  [
    'engineer',
    ivan('engineer'),
    { 'own client': 'aafaaaaa', 'another person': 'aafhhaaa', 'another client': 'aafhhaaa' },
  ],
  [
    'billing',
    ivan('billing'),
    { 'own client': 'affafaff', 'another person': 'affafaff', 'another client': 'affafaff' },
  ],
  [
    'engineer who does billing',
    ivan('engineer', 'billing'),
    { 'own client': 'aafaaaaa', 'another person': 'aafafaaa', 'another client': 'aafafaaa' },
  ],
  ['nobody yet', ivan(), { 'own client': 'hhhhhhhh', 'another person': 'hhhhhhhh', 'another client': 'hhhhhhhh' }],
  ['owner', acme('owner'), { 'own client': 'aaaaaaaa', 'another person': 'aaaaaaaa', 'another client': 'hhhhhhhh' }],
  ['viewer', acme('viewer'), { 'own client': 'aafaaaaf', 'another person': 'aafaaaaf', 'another client': 'hhhhhhhh' }],
]

describe('the rights on the pages', () => {
  it.each(table)('of %s are exactly these', (_role, reader, expected) => {
    for (const [name, thing] of Object.entries(things)) {
      const letters = acts.map((act) => pageRight(reader, act, thing)[0]).join('')
      expect({ [name]: letters }).toEqual({ [name]: expected[name as keyof typeof things] })
    }
  })

  it('narrow a list to what single decisions would allow', () => {
    expect(pageScope(ivan('admin'), 'see-session')).toEqual({})
    expect(pageScope(ivan('engineer'), 'see-session')).toEqual({ staff: 'ivan' })
    expect(pageScope(ivan('engineer', 'billing'), 'see-session')).toEqual({})
    expect(pageScope(ivan('engineer', 'billing'), 'see-content')).toEqual({ staff: 'ivan' })
    expect(pageScope(ivan(), 'see-session')).toBeUndefined()
    expect(pageScope(acme('viewer'), 'see-session')).toEqual({ client: 'acme' })
    expect(pageScope(acme('viewer'), 'move-key')).toBeUndefined()
  })
})
