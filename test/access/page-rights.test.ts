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
  'kill-session',
  'see-task',
  'raise-task',
  'close-task',
  'see-book',
  'keep-book',
]

// One letter per act, in the order above: a(llow), f(orbid), h(ide).
const table: readonly (readonly [string, PageReader, Record<keyof typeof things, string>])[] = [
  [
    'admin',
    ivan('admin'),
    { 'own client': 'aaaaaaaaaaa', 'another person': 'aaaaaaaaaaa', 'another client': 'aaaaaaaaaaa' },
  ],
  [
    'auditor',
    ivan('auditor'),
    { 'own client': 'aafaaaaffaf', 'another person': 'aafaaaaffaf', 'another client': 'aafaaaaffaf' },
  ],
  [
    'engineer',
    ivan('engineer'),
    { 'own client': 'aafaaaaaaff', 'another person': 'aafhhhaaaff', 'another client': 'aafhhhaaaff' },
  ],
  [
    'billing',
    ivan('billing'),
    { 'own client': 'affaffaffaa', 'another person': 'affaffaffaa', 'another client': 'affaffaffaa' },
  ],
  [
    'engineer who does billing',
    ivan('engineer', 'billing'),
    { 'own client': 'aafaaaaaaaa', 'another person': 'aafaffaaaaa', 'another client': 'aafaffaaaaa' },
  ],
  [
    'nobody yet',
    ivan(),
    { 'own client': 'hhhhhhhhhhh', 'another person': 'hhhhhhhhhhh', 'another client': 'hhhhhhhhhhh' },
  ],
  [
    'owner',
    acme('owner'),
    { 'own client': 'aaaaafaaaaf', 'another person': 'aaaaafaaaaf', 'another client': 'hhhhhhhhhhh' },
  ],
  [
    'viewer',
    acme('viewer'),
    { 'own client': 'aafaafaafaf', 'another person': 'aafaafaafaf', 'another client': 'hhhhhhhhhhh' },
  ],
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
