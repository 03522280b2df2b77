import { describe, expect, it } from 'vitest'
import { encodeChannelRequest } from '#gateway/recording/channel-request.ts'
import type { RecordedEvent } from '#gateway/recording/event.ts'
import { SecretMask } from '#gateway/recording/masking/secret-mask.ts'
import { string, uint32, wireMessage } from '#gateway/transport/wire.ts'

type Step = { readonly typed: string } | { readonly shown: string } | { readonly waitMs: number }
const typed = (text: string): Step => ({ typed: text })
const shown = (text: string): Step => ({ shown: text })
/** Each key is shown as soon as it is pressed. */
const echoed = (text: string): Step[] => text.split('').flatMap((key) => [typed(key), shown(key)])
const keys = (text: string): Step[] => text.split('').map((key) => typed(key))

async function record(steps: readonly Step[]): Promise<{ events: RecordedEvent[]; mask: SecretMask }> {
  const mask = new SecretMask()
  const events: RecordedEvent[] = []
  let [seq, atUs] = [0, 0]
  const terminal = wireMessage(string('xterm'), uint32(80), uint32(24), uint32(0), uint32(0), string(''))
  const take = async (kind: 'typed' | 'output' | 'request', data: Buffer) =>
    events.push(...(await mask.take({ seq: seq++, atUs: (atUs += 30_000), kind, data })))
  await take('request', encodeChannelRequest('pty-req', terminal))
  for (const step of steps) {
    if ('waitMs' in step) atUs += step.waitMs * 1000
    else if ('typed' in step) await take('typed', Buffer.from(step.typed))
    else await take('output', Buffer.from(step.shown))
  }
  return { events, mask }
}

/** What of the input is kept when the channel has closed. */
async function input(...steps: readonly (Step | readonly Step[])[]): Promise<string> {
  const { events, mask } = await record(steps.flat())
  const all = [...events, ...mask.settle()]
  expect(all.map(({ seq }) => seq)).toEqual(all.map((_, index) => index))
  return all
    .filter(({ kind }) => kind === 'input' || kind === 'maskedInput')
    .map(({ data }) => data.toString())
    .join('')
}

const PROMPTS = [
  'Password: ',
  '[sudo] password for ivan: ',
  '[sudo] пароль для ivan: ',
  "root@web1's password: ",
  "Enter passphrase for key '/root/.ssh/id_ed25519': ",
  'Enter password: ',
  '(current) UNIX password: ',
  'Новый пароль : ',
  'Mot de passe : ',
  'Passwort: ',
  'Contraseña: ',
  '密码：',
  'Verification code: ',
  'Enter PIN for authenticator: ',
]

describe('what answers a prompt for a secret', () => {
  it.each(PROMPTS)('%s is masked, key by key', async (prompt) => {
    expect(await input(shown(prompt), keys('hunter2'), typed('\r'), shown('\r\n$ '))).toBe('•••••••\r')
  })

  it('is masked where stars are shown for it', async () => {
    const stars = 'hunter2'.split('').flatMap((key) => [typed(key), shown('*')])
    expect(await input(shown('Password: '), stars, typed('\r'))).toBe('•••••••\r')
  })

  it('is masked when it is pasted, bracketed or with the end of its line, and when it comes split', async () => {
    expect(await input(shown('Password: '), typed('hunter2\r'), shown('\r\n'))).toBe('•••••••\r')
    expect(await input(shown('Password: '), typed('\x1b[200~hunter2\x1b[201~'), typed('\r'))).toBe(
      '\x1b[200~•••••••\x1b[201~\r',
    )
    expect(await input(shown('Password: '), typed('hun'), typed('ter2'), typed('\r'))).toBe('•••••••\r')
  })

  it('is masked with its corrections, which are kept as keys', async () => {
    expect(await input(shown('Password: '), keys('hux\x7fnter2'), typed('\r'))).toBe('•••\x7f•••••\r')
  })

  it('is masked at each of three tries', async () => {
    const tries = [1, 2, 3].flatMap(() => [shown('\r\nSorry, try again.\r\nPassword: '), typed('pw'), typed('\r')])
    expect(await input(tries)).toBe('••\r'.repeat(3))
  })

  it('is masked where the prompt came in pieces, or is painted on a full screen with the field behind it', async () => {
    expect(await input(shown('Pass'), shown('word'), shown(': '), keys('pw\r'))).toBe('••\r')
    const dialog = '\x1b[?1049h\x1b[2J\x1b[10;30HPassword:\x1b[1;1Hother\x1b[10;40H'
    expect(await input(shown(dialog), keys('pw'), typed('\r'))).toBe('••\r')
  })

  it('ends with its line: the command behind it is kept', async () => {
    const line = [...echoed('ls'), typed('\r'), shown('\r\n$ ')]
    expect(await input(shown('Password: '), keys('pw\r'), shown('\r\n# '), line)).toBe('••\rls\r')
  })

  it('ends with Ctrl+C', async () => {
    expect(await input(shown('Password: '), keys('pw\x03'), shown('^C\r\n$ '), echoed('ls'))).toBe('••\x03ls')
  })
})

describe('what is typed and not shown', () => {
  it('is masked when its line ends, whatever asked for it', async () => {
    expect(await input(shown('Tell me: '), keys('hunter2\r'), shown('\r\nthanks\r\n$ '))).toBe('•••••••\r')
    expect(await input(shown('Tell me: '), typed('hunter2\r'), shown('\r\nhunters welcome\r\n$ '))).toBe('•••••••\r')
  })

  it('is masked though somebody else writes lines meanwhile', async () => {
    const noise = shown('\r\n[1]+  Done    hunting\r\n')
    expect(await input(shown('? '), keys('hun'), noise, keys('ter2\r'), shown('\r\n'))).toBe('•••••••\r')
  })

  it('is masked whole, also where the answer has some of its letters', async () => {
    expect(await input(shown('? '), keys('opener'), typed('\r'), shown('done-0\r\n$ '))).toBe('••••••\r')
    expect(await input(shown('? '), typed('o'), shown('done'), keys('pener'), { waitMs: 2000 }, shown('$ '))).toBe(
      '••••••',
    )
  })

  it('is masked when nothing is shown for two seconds, and when the channel closes', async () => {
    const { events } = await record([shown('? '), typed('pw'), { waitMs: 2000 }, shown('tick')])
    expect(events.at(-2)).toMatchObject({ kind: 'maskedInput', data: Buffer.from('••') })
    expect(await input(shown('? '), keys('pw'))).toBe('••')
  })

  it('waits in order, with what comes behind it', async () => {
    const { events, mask } = await record([shown('? '), typed('p')])
    expect([events.length, mask.holds]).toEqual([2, true])
    expect(mask.settle().map(({ kind }) => kind)).toEqual(['maskedInput'])
    expect(mask.holds).toBe(false)
  })

  it('is decided when more has come behind it than may wait', async () => {
    const flood = Array.from({ length: 5 }, () => shown('.'.repeat(60_000)))
    const { events } = await record([shown('? '), typed('p'), ...flood])
    expect(events.length).toBeGreaterThan(4)
  })
})

describe('what is shown is kept', () => {
  it('key by key, at once', async () => {
    const { mask } = await record([shown('$ '), ...echoed('ls -l')])
    expect(mask.holds).toBe(false)
    expect(await input(shown('$ '), echoed('ls -l'), typed('\r'), shown('\r\n'))).toBe('ls -l\r')
  })

  it('when it is one key, with or without Enter', async () => {
    expect(await input(shown('y/n? '), echoed('y'), typed('\r'), shown('\r\n'))).toBe('y\r')
    const { mask } = await record([shown('y/n? '), ...echoed('y'), { waitMs: 2000 }, shown('$ ')])
    expect(mask.holds).toBe(false)
  })

  it('when it is typed ahead of what another command prints', async () => {
    const answers = [shown('ls\r\n'), shown('plan\r\n'), shown('$ pwd\r\n')]
    expect(await input(shown('$ '), typed('ls\rpwd\r'), answers)).toBe('ls\rpwd\r')
  })

  it('when it is shown late, or all at once', async () => {
    expect(await input(shown('$ '), keys('ls -l\r'), shown('ls -l\r\ntotal 0\r\n$ '))).toBe('ls -l\r')
    expect(await input(shown('$ '), typed('ls\rpwd\r'), shown('ls\r\na b\r\n$ pwd\r\n/root\r\n$ '))).toBe('ls\rpwd\r')
  })

  it('when the shell colours and repaints the line', async () => {
    const zsh = [
      typed('s'),
      shown('\x1b[1m\x1b[31ms\x1b[0m\x1b[39m'),
      typed('u'),
      shown('\b\x1b[1m\x1b[31ms\x1b[1m\x1b[31mu\x1b[0m\x1b[39m'),
      typed('\t'),
      shown('\b\bsudo '),
      typed('\r'),
      shown('\r\n'),
    ]
    expect(await input(shown('% '), zsh)).toBe('su\t\r')
  })

  it('when one key of a line is shown in another way', async () => {
    expect(
      await input(shown('> '), echoed('abc'), typed('ä'), shown('a'), echoed('d'), typed('\r'), shown('\r\n')),
    ).toBe('abcäd\r')
  })

  it('where a shell reads a command and was told to show nothing: stty -echo would hide it', async () => {
    const prompt = shown('\x1b[?2004h$ ')
    const hidden = [prompt, keys('rm -r /\r'), shown('\x1b[?2004l\r'), prompt, keys('ls\r'), shown('\x1b[?2004l\r')]
    expect(await input(...hidden)).toBe('rm -r /\rls\r')
    // What it runs may ask in secret.
    expect(
      await input(prompt, echoed('su'), typed('\r'), shown('\r\n\x1b[?2004l\r'), keys('pw\r'), shown('\r\n')),
    ).toBe('su\r••\r')
  })

  it('where a full-screen program takes keys without showing them', async () => {
    const vim = [shown('\x1b[?1049h\x1b[2J~\r\n~'), typed('j'), shown('\x1b[2;1H'), typed('dd'), shown('\x1b[K')]
    expect(await input(vim)).toBe('jdd')
    expect(await input(vim, shown('\x1b[?1049l$ '), keys('pw\r'), shown('\r\n'))).toBe('jdd••\r')
  })

  it('where a command line only speaks of passwords', async () => {
    expect(await input(shown('$ '), echoed('grep password: f'), typed('\r'), shown('\r\n$ '))).toBe(
      'grep password: f\r',
    )
    expect(await input(shown('passwords are in /etc/shadow\r\n$ '), echoed('ls'))).toBe('ls')
    expect(await input(shown('spinning: '), echoed('ls'))).toBe('ls')
  })

  it('where a password is typed at a shell by mistake: it is on the screen too', async () => {
    expect(await input(shown('$ '), echoed('hunter2'), typed('\r'), shown('\r\nhunter2: command not found\r\n'))).toBe(
      'hunter2\r',
    )
  })
})

it('keeps reports of the mouse, arrows and other keys that are no characters', async () => {
  const moves = '\x1b[<0;10;10M\x1b[A\x1bOB\x01\x7f'
  expect(await input(shown('Password: '), typed(moves))).toBe(moves)
})

it('leaves a channel as it was when nothing secret is typed', async () => {
  const { events } = await record([shown('$ '), ...echoed('ls')])
  expect(events.map(({ kind }) => kind)).toEqual(['request', 'output', 'input', 'output', 'input', 'output'])
})
