import { expect, it } from 'vitest'
import { joinPurpose } from '#gateway/access/purpose.ts'

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
