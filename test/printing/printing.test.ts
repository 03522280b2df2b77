import { describe, expect, it } from 'vitest'
import { formatCsv } from '#gateway/printing/csv.ts'
import { printable } from '#shared/printable.ts'
import { formatTable } from '#gateway/printing/table.ts'

describe('a table', () => {
  const columns = [
    { title: 'name', text: (item: readonly [string, number]) => item[0] },
    { title: 'count', right: true, text: (item: readonly [string, number]) => String(item[1]) },
  ]

  it('aligns its columns, numbers to the right', () => {
    expect(
      formatTable(
        [
          ['Иван', 5],
          ['Al', 1234567],
        ],
        columns,
        undefined,
      ),
    ).toBe('name    count\nИван        5\nAl    1234567\n')
  })

  it('cuts the widest column where the terminal is narrower, and only then', () => {
    const items = [['abcdefghijklmno', 7]] as const
    expect(formatTable(items, columns, 22)).toBe('name             count\nabcdefghijklmno      7\n')
    expect(formatTable(items, columns, 21)).toBe('name            count\nabcdefghijklm…      7\n')
  })

  it('shows what a terminal would obey instead of sending it', () => {
    const out = formatTable([['\x1b]0;gone\x07\n\u009b2J\u202e', 1]], columns, undefined)
    expect(out).toContain('\\x1b]0;gone\\x07\\x0a\\x9b2J\\u202e')
  })
})

describe('printable text', () => {
  it('leaves letters of every script alone', () => {
    expect(printable('naïve Привет 日本 👩‍💻')).toBe('naïve Привет 日本 👩‍💻')
  })
})

describe('CSV', () => {
  it('quotes what needs it and ends lines as RFC 4180 wants', () => {
    expect(
      formatCsv(
        ['a', 'b'],
        [
          ['x,"y"', 1],
          ['two\nlines', -2],
        ],
      ),
    ).toBe('a,b\r\n"x,""y""",1\r\n"two\nlines",-2\r\n')
  })

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])('keeps %j a text in spreadsheets', (text) => {
    expect(formatCsv(['a'], [[text]])).toMatch(/^a\r\n"?'/)
  })
})
