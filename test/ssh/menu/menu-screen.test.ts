import { describe, expect, it } from 'vitest'
import { createScreen } from '#gateway/recording/screen.ts'
import { MenuFullScreen } from '#gateway/ssh/menu/menu-full-screen.ts'
import { menuRow, type MenuRow } from '#gateway/ssh/menu/menu-list.ts'
import { openMenu, type MenuState } from '#gateway/ssh/menu/menu-state.ts'

const NOW = new Date('2026-11-23T12:00:00Z')
const ago = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000)

function row(target: string, more: Partial<MenuRow> = {}): MenuRow {
  return menuRow(target, {
    client: 'Acme Ltd',
    key: 'active',
    packageMinutes: undefined,
    lastSession: undefined,
    notes: '',
    ...more,
  })
}

const few = [
  row('web1.acme', {
    lastSession: ago(59),
    notes: 'the shop\nnginx and more of it than fits in any line of a terminal',
  }),
  row('db1.acme', { key: 'paused', lastSession: ago(60 * 24), client: '株式会社' }),
  row('a-very-long-name-of-a-target-that-goes-on.acme', { key: 'none', notes: 'x\x1b[2J\x1b]0;owned\x07y\u202Ez' }),
]

interface Look {
  readonly columns?: number
  readonly rows?: number
  readonly utf8?: boolean
}

/** What a terminal shows after the keys. */
async function shown(state: MenuState, keys: readonly string[], look: Look = {}): Promise<string[]> {
  const terminal = { columns: 80, rows: 24, utf8: true, ...look }
  const screen = createScreen(terminal.columns, terminal.rows)
  const menu = new MenuFullScreen(state, { terminal: () => terminal, who: 'ivan', now: () => NOW })
  await screen.write(menu.show('') + menu.paint())
  for (const key of keys) {
    menu.press(key)
    await screen.write(menu.paint())
  }
  const { buffer } = screen.terminal
  const lines = Array.from(
    { length: terminal.rows },
    (_, y) => buffer.active.getLine(y)?.translateToString(true).trimEnd() ?? '',
  )
  expect(buffer.active.type).toBe('alternate')
  await screen.write(menu.hide())
  expect(buffer.active.type).toBe('normal')
  screen.dispose()
  return lines
}

const quiet = (rows: readonly MenuRow[]): MenuState => ({ ...openMenu(rows, ''), message: '' })

describe('the menu', () => {
  it.each([5, 6, 8])('keeps the target that is chosen on a screen of %i rows, whatever the message', async (rows) => {
    const lines = await shown(openMenu(few, 'a name that is mistyped'), [], { columns: 20, rows })
    expect(lines.find((line) => line.startsWith('>'))).toMatch(/^> web1/)
  })

  it('has target, key, last session, client and notes in 80 by 24', async () => {
    const lines = await shown(quiet(few), [])
    expect(lines.slice(0, 6)).toEqual([
      'gatebook · ivan                                                           3 of 3',
      'Filter:',
      '  TARGET                                KEY      LAST    CLIENT    NOTES',
      '> web1.acme                             active   59 min  Acme Ltd  the shop ngi…',
      '  db1.acme                              paused   1 d     株式会社',
      '  a-very-long-name-of-a-target-that-g…  none     -       Acme Ltd  x�[2J�]0;own…',
    ])
    expect(lines.at(-1)).toBe('Enter connects · ↑↓ PgUp PgDn Home End move · Esc leaves')
  })

  it('keeps target, key and last session in 40 by 12', async () => {
    const lines = await shown(quiet(few), ['↓'], { columns: 40, rows: 12 })
    expect(lines).toEqual([
      'gatebook · ivan                   3 of 3',
      'Filter:',
      '  TARGET              KEY      LAST',
      '  web1.acme           active   59 min',
      '> db1.acme            paused   1 d',
      '  a-very-long-name-…  none     -',
      ...Array<string>(5).fill(''),
      'Enter connects · ↑↓ move · Esc leaves',
    ])
  })

  it('is ASCII where the terminal has no UTF-8', async () => {
    const lines = await shown(quiet(few), ['з', 'Backspace'], { utf8: false })
    expect(lines.join('')).toMatch(/^[ -~]*$/)
    expect(lines[0]).toMatch(/^gatebook - ivan/)
    expect(lines[4]).toMatch(/paused {3}1 d {5}\?\?\?\?$/)
    expect(lines[5]).toContain('~  none')
    expect(lines.at(-1)).toBe('Enter connects, arrows PgUp PgDn Home End move, Esc leaves')
  })

  it.each([
    [80, 24],
    [40, 12],
    [39, 11],
    [20, 5],
    [10, 4],
    [2, 1],
    [300, 100],
  ])('fits %i columns by %i rows, whatever is pressed', async (columns, rows) => {
    const many = [...few, ...Array.from({ length: 120 }, (_, index) => row(`host${index}.acme`))]
    const longest = 'x'.repeat(100).split('')
    for (const keys of [['End'], ['PgDn', '↓'], ['Enter', 'End'], longest]) {
      const lines = await shown(openMenu(many, 'nobody.knows'), keys, { columns, rows })
      // A line that did not fit would have scrolled the first one away.
      if (rows > 1) expect(lines.at(-1)).toMatch(rows < 5 ? /./ : /^En/)
      expect(lines[0]).toMatch(keys[0] === 'Enter' ? /^[aw]/ : /^g[a…]/)
    }
  })

  it('always shows the selected row', async () => {
    const many = Array.from({ length: 60 }, (_, index) => row(`host${index}.acme`))
    for (const rows of [24, 12, 6]) {
      for (const keys of [[], ['PgDn'], ['PgDn', '↓'], ['End'], ['End', 'PgUp'], ['End', '↑', 'Home']]) {
        const lines = await shown(quiet(many), keys, { rows })
        expect(lines.filter((line) => line.startsWith('>'))).toHaveLength(1)
      }
    }
  })

  it('says what was mistyped, and what is nearest is selected', async () => {
    const lines = await shown(openMenu(few, 'dbb1.acme'), [])
    expect(lines[2]).toBe('there is no target "dbb1.acme"; did you mean db1.acme?')
    expect(lines.find((line) => line.startsWith('>'))).toMatch(/^> db1\.acme/)
  })

  it('shows the end of a long filter, where one types', async () => {
    const lines = await shown(quiet(few), [...'a'.repeat(50).split(''), 'z'], { columns: 40, rows: 12 })
    expect(lines[1]).toBe(`Filter: ${'a'.repeat(30)}z`)
    expect(lines[3]).toBe('  Nothing matches; Ctrl+U shows all.')
  })

  it('says so where there is nothing to choose', async () => {
    expect((await shown(quiet([]), []))[3]).toBe('  No grant lets you work on a server now.')
  })

  it('shows the notes before it connects, and scrolls them', async () => {
    const lines = await shown(quiet(few), ['Enter'], { columns: 40, rows: 12 })
    expect(lines.slice(0, 6)).toEqual([
      'web1.acme',
      'Acme Ltd, support key: active',
      '',
      '  the shop',
      '  nginx and more of it than fits in any',
      '  line of a terminal',
    ])
    expect(lines.at(-1)).toBe('Enter connects · ↑↓ move · Esc goes back')
    const long = [row('a.acme', { notes: Array.from({ length: 30 }, (_, index) => `line ${index}`).join('\n') })]
    const end = await shown(quiet(long), ['Enter', 'End'], { columns: 40, rows: 12 })
    expect(end.slice(3, 11)).toEqual(Array.from({ length: 8 }, (_, index) => `  line ${index + 22}`))
  })
})
