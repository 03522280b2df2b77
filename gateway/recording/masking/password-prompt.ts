import { createScreen } from '../screen.ts'
import type { TerminalSize } from '../terminal-size.ts'

/** What asks for a secret, in the languages of our clients' servers. */
const WORDS = [
  'pass(?:word|phrase|code|wd)',
  'pin',
  'otp',
  'secret',
  'token',
  '(?:verification|one-time|security) (?:code|password)',
  'парол[ья]',
  'кодовая фраза',
  'код подтверждения',
  'kennwort',
  'passwort',
  'mot de passe',
  'phrase secrète',
  'contraseña',
  'senha',
  'parola',
  'hasło',
  'heslo',
  'jelszó',
  'lösenord',
  'adgangskode',
  'passord',
  'salasana',
  'wachtwoord',
  'şifre',
  '密码',
  '密碼',
  '口令',
  'パスワード',
  '암호',
  '비밀번호',
]
/** A word, what belongs to it, such as whose it is, and a colon at the cursor. */
const PROMPT = new RegExp(`(?<!\\p{L})(?:${WORDS.join('|')})[^\\n]{0,80}[:：]\\s*$`, 'iu')
const WORD = new RegExp(WORDS.join('|'), 'iu')

/**
 * Whether the row left of the cursor asks for a secret. `shown` is the end of what the terminal was sent; it is
 * drawn, because a prompt can be painted in any order.
 */
export async function asksForSecret(shown: string, { columns, rows }: TerminalSize): Promise<boolean> {
  // Escape sequences may stand inside the word only where a program colours single letters; none does.
  if (!WORD.test(shown)) return false
  const screen = createScreen(columns, rows)
  try {
    await screen.write(shown)
    const { active } = screen.terminal.buffer
    let y = active.baseY + active.cursorY
    let row = active.getLine(y)?.translateToString(false, 0, active.cursorX) ?? ''
    while (active.getLine(y)?.isWrapped === true) row = (active.getLine(--y)?.translateToString(true) ?? '') + row
    return PROMPT.test(row)
  } finally {
    screen.dispose()
  }
}
