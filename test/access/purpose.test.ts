import { expect, it } from 'vitest'
import { joinPurpose, mustSayPurpose, wantedPurpose } from '#gateway/access/purpose.ts'

it.each([
  [{}, {}, {}],
  [{}, { task: 'ACME-1' }, { task: 'ACME-1' }],
  [{ task: 'ACME-1' }, {}, { task: 'ACME-1' }],
  [{ task: 'ACME-1' }, { task: 'ACME-1', reason: 'x' }, { task: 'ACME-1', reason: 'x' }],
  [{ reason: 'x' }, { task: 'ACME-1' }, { task: 'ACME-1', reason: 'x' }],
  [{ task: 'ACME-1' }, { task: 'ACME-2' }, { clash: 'task' }],
  [{ task: 'ACME-1', reason: 'x' }, { reason: 'y' }, { clash: 'reason' }],
])('what is for %j and for %j', (settled, named, joined) => {
  expect(joinPurpose(settled, named)).toEqual(joined)
})

const neither = { taskRequired: false, reasonRequired: false }
const task = { taskRequired: true, reasonRequired: false }
const reason = { taskRequired: false, reasonRequired: true }
const both = { taskRequired: true, reasonRequired: true }

it.each([
  [neither, {}, undefined, undefined],
  [task, {}, 'a task', 'a task or a reason'],
  [task, { reason: 'x' }, 'a task', undefined],
  [task, { task: 'ACME-1' }, undefined, undefined],
  [reason, {}, 'a task or a reason', 'a task or a reason'],
  [reason, { reason: 'x' }, undefined, undefined],
  [reason, { task: 'ACME-1' }, undefined, undefined],
  [both, {}, 'a task', 'a task or a reason'],
  [both, { reason: 'x' }, 'a task', undefined],
  [both, { task: 'ACME-1' }, undefined, undefined],
])('by %j, %j wants %s where tasks are open, else %s', (rules, purpose, withTasks, without) => {
  expect(wantedPurpose(rules, purpose, true)).toBe(withTasks)
  expect(wantedPurpose(rules, purpose, false)).toBe(without)
})

it('what is for something already must say no more, whatever the rules have become', () => {
  expect([neither, task, reason, both].map((rules) => mustSayPurpose(rules, {}))).toEqual([false, true, true, true])
  for (const purpose of [{ task: 'ACME-1' }, { reason: 'x' }]) expect(mustSayPurpose(both, purpose)).toBe(false)
})
