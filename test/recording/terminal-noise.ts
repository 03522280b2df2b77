/** What a hard-working terminal gets, made from a seed: every kind of sequence that leaves state behind. */
export function createNoise(seed: number) {
  let state = seed >>> 0 || 1
  /** A whole number from 0 to `below` - 1 (xorshift32). */
  function pick(below: number): number {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state % below
  }

  function word(): string {
    const letters = [
      'abc',
      'wide 漢字',
      'Ω≈ç',
      '😀x',
      'e\u0301',
      'qqq',
      'ﬀ',
      'long '.repeat(1 + pick(30)),
      '終'.repeat(pick(50)),
    ]
    return letters[pick(letters.length)]!
  }

  function sequence(): string {
    const n = () => 1 + pick(30)
    const kinds = [
      () => `\x1b[${n()};${n()}H`,
      () => `\x1b[${n()}${'ABCDEFGLMPSTX@`adeGb'[pick(19)]}`,
      () => `\x1b[${pick(3)}${'JK'[pick(2)]}`,
      () => `\x1b[${[0, 1, 2, 3, 4, 5, 7, 8, 9, 22, 27, 31, 39, 42, 49, 95, 104, '38;5;208', '48;2;1;2;3'][pick(19)]}m`,
      () => '\r\n',
      () => '\n',
      () => '\t',
      () => '\b',
      () => `\x1b[${1 + pick(8)};${9 + pick(9)}r`,
      () => '\x1b[r',
      () => '\x1b7',
      () => '\x1b8',
      () => '\x1bM',
      () => '\x1bD',
      () => '\x1bH',
      () => '\x1b[g',
      () => '\x1b(0',
      () => '\x1b(B',
      () => '\x1b[?6h',
      () => '\x1b[?6l',
      () => '\x1b[?7l',
      () => '\x1b[?7h',
      () => '\x1b[4h',
      () => '\x1b[4l',
      () => '\x1b[20h',
      () => '\x1b[20l',
      () => '\x1b[?25l',
      () => '\x1b[?25h',
      // Programs save the cursor before they restore it; a left alternate screen's saved cursor is nobody's.
      () => '\x1b[?1049h\x1b7',
      () => '\x1b[?1049l',
      () => '\x1b]0;a title\x07',
      () => '\x1bP+q544e\x1b\\',
    ]
    return kinds[pick(kinds.length)]!()
  }

  return {
    pick,
    /** About `length` characters. */
    text(length: number): string {
      let text = ''
      while (text.length < length) text += pick(2) === 0 ? word() : sequence()
      return text
    },
  }
}
