import { describe, expect, it } from 'vitest'
import { formatTaskNumber, moveTask, parseTaskNumber, reactionMs } from '#gateway/access/task.ts'

describe('the number of a task', () => {
  it.each([
    ['ACME-17', 'acme', 17],
    ['acme-17', 'acme', 17],
    // The client may itself end in what looks like a number.
    ['ACME-1-7', 'acme-1', 7],
    ['A-999999999', 'a', 999_999_999],
  ])('%s is of client %s', (text, clientSlug, sequence) => {
    expect(parseTaskNumber(text)).toEqual({ clientSlug, sequence })
    expect(formatTaskNumber({ clientSlug, sequence })).toBe(text.toUpperCase())
  })

  it.each([
    '',
    '17',
    'ACME',
    'ACME-',
    'ACME-0',
    'ACME-017',
    'ACME-1000000000',
    '-17',
    'ACME 17',
    'ACME-17\n',
    'ÅCME-17',
  ])('%j is none', (text) => {
    expect(parseTaskNumber(text)).toBeUndefined()
  })
})

describe('the reaction to a task', () => {
  const raisedAt = new Date('2026-11-23T12:00:00.000Z')
  const after = (ms: number) => new Date(raisedAt.getTime() + ms)

  it('is the time from raising to the first session, and unknown before', () => {
    expect(reactionMs({ raisedAt, firstSessionAt: undefined })).toBeUndefined()
    expect(reactionMs({ raisedAt, firstSessionAt: after(90_001) })).toBe(90_001)
    expect(reactionMs({ raisedAt, firstSessionAt: raisedAt })).toBe(0)
  })

  it('is nothing where the work was under way already', () => {
    expect(reactionMs({ raisedAt, firstSessionAt: after(-1) })).toBe(0)
  })
})

it('a task is closed and opened again, and neither twice', () => {
  expect(moveTask('open', 'close', 'ACME-17')).toBe('closed')
  expect(moveTask('closed', 'reopen', 'ACME-17')).toBe('open')
  expect(() => moveTask('closed', 'close', 'ACME-17')).toThrow('task ACME-17 is closed already')
  expect(() => moveTask('open', 'reopen', 'ACME-17')).toThrow('task ACME-17 is open already')
})
