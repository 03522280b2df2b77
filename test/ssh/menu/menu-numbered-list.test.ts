import { describe, expect, it } from 'vitest'
import { menuRow } from '#gateway/ssh/menu/menu-list.ts'
import { MenuNumberedList } from '#gateway/ssh/menu/menu-numbered-list.ts'
import { openMenu } from '#gateway/ssh/menu/menu-state.ts'

const QUESTION = 'Number, or words to filter by: '
const about = { client: 'Acme', key: 'active', packageMinutes: undefined, lastSession: undefined, notes: '' } as const
const rows = [
  menuRow('web1.acme', { ...about, packageMinutes: 300, notes: 'be\ncareful' }),
  menuRow('web2.acme', { ...about, lastSession: new Date('2026-11-23T10:00:00Z') }),
  menuRow('db1.acme', { ...about, key: 'paused', client: 'Ёж' }),
]

/** A list in which `typed` was typed, `\r` for Enter; gives what was said since, and the choice. */
function list(typed: string, state = { ...openMenu(rows, ''), message: '' }) {
  const menu = new MenuNumberedList(state, {
    terminal: () => ({ columns: 60, rows: 24, utf8: false }),
    now: () => new Date('2026-11-23T12:00:00Z'),
  })
  const begun = menu.show('') + menu.paint()
  const keys = Array.from(typed, (key) => ({ '\r': 'Enter', '\b': 'Backspace', ' ': 'Space' })[key] ?? key)
  const choice = keys.map((key) => menu.press(key)).find((each) => each !== undefined)
  return { begun, said: menu.paint(), choice, menu }
}

it('numbers the targets and asks', () => {
  expect(list('').begun).toBe(
    [
      '  1  web1.acme  -       Acme',
      '  2  web2.acme  2 h     Acme',
      '  3  db1.acme   -       ??  (key: paused)',
      QUESTION,
    ].join('\r\n'),
  )
})

it('never moves the cursor but to rub out', () => {
  const { begun, said } = list('we\bб\r1\r')
  expect(begun + said).toMatch(/^[ -~\r\n\b]*$/)
  expect(said.startsWith('we\b \b?\r\n')).toBe(true)
})

describe('a line', () => {
  it.each([
    ['2', 'web2.acme'],
    ['3', 'db1.acme'],
    ['db1.acme', 'db1.acme'],
    ['db\r1', 'db1.acme'],
    ['1\r', 'web1.acme'],
  ])('%j and Enter connects to %s', (line, target) => {
    expect(list(`${line}\r`).choice).toMatchObject({ kind: 'connect', row: { target } })
  })

  it.each(['0', '4', 'web', '', '1', '1\rno', 'nothing'])('%j and Enter does not connect', (line) => {
    expect(list(`${line}\r`).choice).toBeUndefined()
  })

  it('of words shows what matches, and an empty one shows all', () => {
    expect(list('web ac\r').said).toBe(
      `web ac\r\n  1  web1.acme  -       Acme\r\n  2  web2.acme  2 h     Acme\r\n${QUESTION}`,
    )
    expect(list('db\r\r').said).toContain('  3  db1.acme')
    expect(list('zzz\r').said).toContain('\r\nnothing matches "zzz"\r\n  1  web1.acme')
  })

  it('is 100 letters at most', () => {
    expect(list('x'.repeat(101)).said).toBe('x'.repeat(100))
  })
})

it('shows the notes and asks before it connects', () => {
  expect(list('1\r').said).toBe(
    '1\r\nweb1.acme\r\n  Acme, support key: active, package: 300 min a month\r\n  be\r\n  careful\r\nEnter connects, anything else goes back: ',
  )
})

it('lists 20 and counts the rest', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => menuRow(`h${index}.acme`, about))
  expect(list('', openMenu(many(20), 'h')).begun).not.toContain('more')
  const { begun, choice } = list('21\r', openMenu(many(21), 'h'))
  expect(begun).toContain(' 20  h19.acme')
  expect(begun).toContain('\r\n  and 1 more\r\n')
  expect(choice).toMatchObject({ row: { target: 'h20.acme' } })
})

it('tells a refusal and asks again', () => {
  const { menu } = list('2\r')
  expect(menu.show('no way') + menu.paint()).toMatch(/^no way\r\n {2}1 {2}web1\.acme/)
})

it.each([
  ['Ctrl+C', 130],
  ['Ctrl+D', 0],
  ['Esc', 0],
])('is left by %s with %i', (key, exitStatus) => {
  expect(list('w').menu.press(key)).toEqual({ kind: 'leave', exitStatus })
})
