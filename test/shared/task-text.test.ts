import { describe, expect, it } from 'vitest'
import { reasonText, taskNote, taskTitle } from '#shared/task-text.ts'

const controls = ['\x1b[2J', 'a\nb', 'a\tb', '\x7f', '\x9b1m', 'a\u2028b', 'a\u202eb', '\u2066', '\0']

describe('the title of a task, and a reason', () => {
  it.each([taskTitle, reasonText])('are one line, without what a terminal would obey', (schema) => {
    for (const text of controls) expect(schema.safeParse(`x${text}y`)).toMatchObject({ success: false })
    expect(schema.parse('  Заменить диск 👩‍💻 ')).toBe('Заменить диск 👩‍💻')
    expect(schema.safeParse(' \t\n').success).toBe(false)
  })

  it('are not longer than they are shown', () => {
    expect(taskTitle.safeParse('x'.repeat(200)).success).toBe(true)
    expect(taskTitle.safeParse('x'.repeat(201)).success).toBe(false)
    expect(reasonText.safeParse('x'.repeat(500)).success).toBe(true)
    expect(reasonText.safeParse('x'.repeat(501)).success).toBe(false)
  })
})

describe('the note of a task', () => {
  it('keeps its lines and tabs, with the line ends of Unix', () => {
    expect(taskNote.parse('one\r\n\ttwo\rthree\n')).toBe('one\n\ttwo\nthree')
    expect(taskNote.parse('')).toBe('')
  })

  it.each(controls.filter((text) => !/[\n\t]/.test(text)))('has no %j', (text) => {
    expect(taskNote.safeParse(`x${text}`).success).toBe(false)
  })

  it('is of 4000 characters at most', () => {
    expect(taskNote.safeParse('x'.repeat(4000)).success).toBe(true)
    expect(taskNote.safeParse('x'.repeat(4001)).success).toBe(false)
  })
})
