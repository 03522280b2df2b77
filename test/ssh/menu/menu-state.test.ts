import { describe, expect, it } from 'vitest'
import { menuRow, type MenuRow } from '#gateway/ssh/menu/menu-list.ts'
import { openMenu, pressKey, type MenuOutcome, type MenuState } from '#gateway/ssh/menu/menu-state.ts'

const TERMINAL = { columns: 80, rows: 24, utf8: true }
/** Rows of the list on it, without a message: all but title, filter, head and keys. */
const PAGE = 20

function row(target: string, notes = ''): MenuRow {
  return menuRow(target, { client: 'Acme', key: 'active', packageMinutes: undefined, lastSession: undefined, notes })
}

const many = Array.from({ length: 50 }, (_, index) => row(`web${index}.acme`))
const quiet = (rows: readonly MenuRow[]): MenuState => ({ ...openMenu(rows, ''), message: '' })

/** What came of the last key. */
function press(state: MenuState, ...keys: readonly string[]): MenuOutcome {
  let outcome: MenuOutcome = { kind: 'stay', state }
  for (const key of keys) if (outcome.kind === 'stay') outcome = pressKey(outcome.state, key, TERMINAL)
  return outcome
}

function stays(state: MenuState, ...keys: readonly string[]): MenuState {
  const outcome = press(state, ...keys)
  if (outcome.kind !== 'stay') throw new Error(outcome.kind)
  return outcome.state
}

describe('moving', () => {
  it.each([
    [[], 0],
    [['↓'], 1],
    [['Ctrl+N', 'Ctrl+N', 'Ctrl+P'], 1],
    [['↑'], 0],
    [['↓', '↓', '↑'], 1],
    [['PgDn'], PAGE],
    [['PgDn', 'PgDn'], 2 * PAGE],
    [['PgDn', 'PgDn', 'PgDn'], 49],
    [['PgDn', '↓', 'PgUp'], 1],
    [['PgUp'], 0],
    [['End'], 49],
    [['End', '↓'], 49],
    [['End', '↑'], 48],
    [['End', 'Home'], 0],
    [['F5', 'Tab', '→', 'Alt+x', 'paste'], 0],
  ])('by %j leads to row %i', (keys, selected) => {
    expect(stays(quiet(many), ...keys).selected).toBe(selected)
  })

  it('goes nowhere where nothing is shown', () => {
    const state = stays(quiet([]), '↓', 'End', 'PgDn', 'Enter')
    expect([state.selected, state.notesFrom]).toEqual([0, undefined])
  })
})

describe('typing', () => {
  it.each([
    ['web7', ['web7.acme']],
    ['web4 Backspace', undefined],
    ['WEB49', ['web49.acme']],
    ['x y z Ctrl+U', undefined],
  ])('%s', (typed, targets) => {
    const keys = typed.split(' ').flatMap((part) => (/^[A-Z][a-z]/.test(part) ? [part] : part.split('')))
    const { shown, rows, selected } = stays(quiet(many), ...keys)
    expect(selected).toBe(0)
    if (targets === undefined) expect(shown.length).toBeGreaterThan(10)
    else expect(shown.map(({ target }) => target)).toEqual(targets)
    expect(rows).toBe(many)
  })

  it('takes spaces, capitals and letters of any script, and erases by letter, word and line', () => {
    const state = stays(quiet(many), 'W', 'Space', 'ж', '🦊')
    expect(state.filter).toBe('W ж🦊')
    expect(stays(state, 'Backspace').filter).toBe('W ж')
    expect(stays(state, 'Ctrl+H', 'Ctrl+H').filter).toBe('W ')
    expect(stays(state, 'Ctrl+W').filter).toBe('W ')
    expect(stays(state, 'Ctrl+W', 'Ctrl+W', 'Backspace').filter).toBe('')
  })

  it('takes 100 letters and no more', () => {
    const letters = Array<string>(100).fill('a')
    expect(stays(quiet(many), ...letters).filter).toHaveLength(100)
    expect(stays(quiet(many), ...letters, 'a').filter).toHaveLength(100)
  })

  it('begins at the first row again', () => {
    expect(stays(quiet(many), '↓', '↓', 'w').selected).toBe(0)
  })
})

describe('Enter', () => {
  it.each(['Enter', 'Ctrl+J', 'Keypad Enter'])('as %s connects where there are no notes', (key) => {
    expect(press(quiet(many), '↓', key)).toMatchObject({ kind: 'connect', row: { target: 'web1.acme' } })
    expect(press(quiet([row('a.acme', ' \n')]), key).kind).toBe('connect')
  })

  it('shows the notes first, and connects with the next one', () => {
    const state = stays(quiet([row('a.acme', 'take care')]), 'Enter')
    expect(state.notesFrom).toBe(0)
    const outcome = press(state, 'Enter')
    expect(outcome).toMatchObject({ kind: 'connect', row: { target: 'a.acme' }, state: { notesFrom: undefined } })
  })

  it('is taken back by Esc, and letters do nothing while the notes are read', () => {
    const state = stays(quiet([row('a.acme', 'take care')]), 'Enter', 'x', 'Esc')
    expect([state.notesFrom, state.filter]).toEqual([undefined, ''])
  })

  it('lets long notes be read to their end', () => {
    const notes = Array.from({ length: 50 }, (_, index) => `line ${index}`).join('\n')
    const state = stays(quiet([row('a.acme', notes)]), 'Enter')
    expect(stays(state, '↓').notesFrom).toBe(1)
    expect(stays(state, 'PgDn').notesFrom).toBe(PAGE)
    expect(stays(state, 'End').notesFrom).toBe(50 - PAGE)
    expect(stays(state, 'End', '↓').notesFrom).toBe(50 - PAGE)
    expect(stays(state, 'End', 'Home').notesFrom).toBe(0)
    const short = stays(quiet([row('a.acme', 'short')]), 'Enter', 'End', 'PgDn')
    expect(short.notesFrom).toBe(0)
  })
})

it.each([
  ['Esc', 0],
  ['Ctrl+D', 0],
  ['Ctrl+C', 130],
])('%s leaves with %i', (key, exitStatus) => {
  expect(press(quiet(many), 'w', key)).toEqual({ kind: 'leave', exitStatus })
})

it.each([
  ['Ctrl+D', 0],
  ['Ctrl+C', 130],
])('%s leaves with %i from the notes too', (key, exitStatus) => {
  expect(press(quiet([row('a.acme', 'x')]), 'Enter', key)).toEqual({ kind: 'leave', exitStatus })
})

describe('a user name that names no target', () => {
  it.each([
    ['web4', 'web4', 0, /^there is no target "web4"; the list is filtered by it$/],
    ['wb49.acme', '', 49, /^there is no target "wb49\.acme"; did you mean web49\.acme\?$/],
    ['ivan', '', 0, /^there is no target "ivan"$/],
  ])('%s opens the menu with the filter %j at row %i', (typed, filter, selected, message) => {
    const state = openMenu(many, typed)
    expect([state.filter, state.selected]).toEqual([filter, selected])
    expect(state.message).toMatch(message)
    expect(state.shown.length).toBe(filter === '' ? 50 : 11)
    // It has been read when something else is done.
    expect(stays(state, selected === 0 ? '↓' : '↑').message).toBe('')
  })
})
