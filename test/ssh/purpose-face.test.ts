import { describe, expect, it } from 'vitest'
import type { Task } from '#gateway/access/task.ts'
import { PurposeFace } from '#gateway/ssh/purpose-face.ts'
import { openTasksText, wantedText, type WantedEntry } from '#gateway/ssh/purpose-texts.ts'

function task(sequence: number, title: string, kind: Task['kind'] = 'request'): Task {
  const by = { raisedAt: new Date(0), raisedBy: 'test', closedAt: undefined, closedBy: undefined }
  const about = {
    kind,
    title,
    note: '',
    estimateMinutes: undefined,
    status: 'open',
    firstSessionAt: undefined,
  } as const
  return { ...about, ...by, id: '', clientId: '', clientSlug: 'acme', sequence, number: `ACME-${sequence}` }
}

const many = Array.from({ length: 11 }, (_, index) => task(index + 1, `title ${index}`))
const wide = { columns: 80, rows: 24, utf8: true }

function face(entry: Partial<WantedEntry>, terminal = wide) {
  const shown = new PurposeFace({ wanted: 'a task', client: 'acme', open: many, ...entry }, () => terminal)
  shown.show('')
  return {
    text: () => shown.paint(),
    /** What the keys of these characters lead to. */
    type: (text: string) => Array.from(text, (key) => shown.press(key === '\r' ? 'Enter' : key)).at(-1),
    press: (key: string) => shown.press(key),
  }
}

describe('the question what a session is for', () => {
  it('lists ten tasks, says that there are more, and marks incidents', () => {
    const text = face({ open: [task(12, 'down', 'incident'), ...many] }).text()
    expect(text).toMatch(
      /^acme wants to know what this session is for\.\r\n {2}ACME-12 {2}incident: down\r\n {2}ACME-1 {3}title 0/,
    )
    expect(text.match(/ACME-/g)).toHaveLength(10)
    expect(text).toMatch(/\r\n {2}and more\r\nNumber of the task: $/)
  })

  it('fits a small terminal, and shows nothing that it would obey', () => {
    const small = { columns: 20, rows: 8, utf8: false }
    const hostile = task(1, '\x1b]0;x\x07\u009b1m\u202e\nявно')
    const lines = face({ open: [hostile, ...many] }, small)
      .text()
      .split('\r\n')
    expect(lines.length).toBeLessThanOrEqual(small.rows)
    expect(Math.max(...lines.slice(0, -1).map((line) => line.length))).toBeLessThan(small.columns)
    expect(lines.join('')).toMatch(/^[ -~]*$/)
  })

  it.each([
    ['a task', '17', { task: 'acme-17' }],
    ['a task', 'acme-17', { task: 'acme-17' }],
    ['a task', 'zeta-1', { task: 'zeta-1' }],
    ['a task', 'disk full', { task: 'disk full' }],
    ['a task or a reason', '17', { task: 'acme-17' }],
    ['a task or a reason', 'ACME-17', { task: 'ACME-17' }],
    ['a task or a reason', '017', { reason: '017' }],
    ['a task or a reason', ' disk full 2 ', { reason: 'disk full 2' }],
  ] as const)('that wants %s takes %j for %j', (wanted, typed, answer) => {
    expect(face({ wanted }).type(`${typed}\r`)).toEqual(answer)
  })

  it('is edited like a line, takes 500 characters, and is asked again where nothing was typed', () => {
    const asked = face({ wanted: 'a task or a reason' })
    asked.text()
    asked.type('ab')
    asked.press('Backspace')
    expect(asked.text()).toBe('ab\b \b')
    asked.press('Ctrl+U')
    asked.type('x'.repeat(600))
    expect(asked.type('\r')).toEqual({ reason: 'x'.repeat(500) })
    asked.text()
    expect(asked.type('\r')).toBeUndefined()
    expect(asked.text()).toContain('Number of a task, or a reason: ')
  })

  it.each(['Ctrl+C', 'Ctrl+D', 'Esc'])('is left by %s', (key) => {
    expect(face({}).press(key)).toBe('leave')
  })
})

describe('the words for who cannot be asked', () => {
  it('list ten tasks on one line, their titles cut', () => {
    const text = openTasksText('acme', [task(12, 'x'.repeat(200)), ...many])
    expect(text).toMatch(/^open tasks of acme: ACME-12 \(x{57}\.\.\.\), ACME-1 \(title 0\), .*, and more$/)
    expect(text.match(/ACME-/g)).toHaveLength(10)
    expect(openTasksText('acme', [])).toBe('no task of acme is open')
  })

  it('show what to type', () => {
    const entry = { client: 'acme', open: [task(3, 'disk')] }
    expect(wantedText({ ...entry, wanted: 'a task' })).toBe(
      'acme wants a task named for each session, as in: ssh -o SetEnv=GATEBOOK_TASK=ACME-3\n' +
        'open tasks of acme: ACME-3 (disk)',
    )
    expect(wantedText({ ...entry, open: [], wanted: 'a task or a reason' })).toBe(
      `acme wants a task or a reason named for each session, as in: ssh -o SetEnv='GATEBOOK_REASON="why"'\n` +
        'no task of acme is open',
    )
  })
})
