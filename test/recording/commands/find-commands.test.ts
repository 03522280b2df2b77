import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { FoundCommand } from '#gateway/recording/commands/found-command.ts'
import type { RecordedEvent } from '#gateway/recording/event.ts'
import { readChannel } from '#gateway/recording/search/read-channel.ts'
import { testDatabase } from '#test/harness/database.ts'
import { needsProgram } from '#test/harness/requirement.ts'
import { editedWork, hereDocument, plainWork, PROMPT, secrets, shellAt, typedAhead, type Work } from './corpus.ts'

async function foundIn(events: readonly RecordedEvent[]): Promise<readonly FoundCommand[]> {
  async function* recording() {
    yield* events
  }
  const found: FoundCommand[] = []
  for await (const { commands } of readChannel(recording())) found.push(...commands)
  return found.toSorted((one, other) => one.number - other.number)
}

const tally: { name: string; right: number; given: number; found: number }[] = []

/** Counts what was found as it was given, in order; says what was not. */
async function measure(name: string, { events, given }: Work): Promise<readonly FoundCommand[]> {
  const found = await foundIn(events)
  const right = longestCommon(
    given,
    found.map(({ text }) => text),
  )
  tally.push({ name, right, given: given.length, found: found.length })
  if (process.env['CORPUS'] !== undefined) {
    for (const text of given)
      if (!found.some((each) => each.text === text)) console.log(name, 'missed', JSON.stringify(text))
    for (const each of found) if (!given.includes(each.text)) console.log(name, 'wrong', JSON.stringify(each))
  }
  return found
}

function longestCommon(one: readonly string[], other: readonly string[]): number {
  let row = Array.from({ length: other.length + 1 }, () => 0)
  for (const text of one) {
    const next = [0]
    for (const [at, candidate] of other.entries()) {
      next.push(text === candidate ? (row[at] ?? 0) + 1 : Math.max(next[at] ?? 0, row[at + 1] ?? 0))
    }
    row = next
  }
  return row.at(-1) ?? 0
}

/** Of a hundred commands, so many at least are found as they were given, and nothing beside them. */
const RIGHT_MIN = 95

afterAll(() => {
  const lines = tally.map(({ name, right, given, found }) => `${name} ${right}/${Math.max(given, found)}`)
  const right = tally.reduce((sum, each) => sum + each.right, 0)
  const all = tally.reduce((sum, each) => sum + Math.max(each.given, each.found), 0)
  console.log(`commands right: ${right} of ${all} (${((100 * right) / all).toFixed(1)} %): ${lines.join(', ')}`)
  expect(100 * right).toBeGreaterThanOrEqual(RIGHT_MIN * all)
})

async function home(): Promise<{ path: string; [Symbol.asyncDispose](): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'gatebook-corpus-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

test('bash', async () => {
  await using at = await home()
  const typist = await shellAt(at.path, ['bash', '--norc', '--noprofile'])
  const { shell } = typist
  await plainWork(typist)
  await editedWork(typist)
  await hereDocument(typist, '> ')
  await typedAhead(typist)
  await secrets(typist)
  await typist.run('sleep 1')
  typist.keys('\x12', 'una')
  await shell.until(/una\S*$/)
  shell.type('\r')
  typist.given.push('uname -a; id')
  await shell.until(PROMPT)
  await shell.until(PROMPT)
  typist.keys('cat alph\t\t\t')
  await shell.until(PROMPT)
  typist.keys('bet.txt')
  await shell.until('bet.txt')
  await typist.send('cat alphabet.txt')
  typist.keys('\x1b[200~echo pasted one\necho pasted two\x1b[201~')
  await shell.until('two')
  shell.type('\r')
  typist.given.push('echo pasted one\necho pasted two')
  await shell.until(/\npasted two\r\n[^]*\$ /)
  typist.keys('\x0c')
  await shell.until(PROMPT)
  await typist.run('echo after clear')
  typist.keys('echo half', '\x0c')
  await shell.until('echo half')
  typist.keys(' cleared')
  await shell.until('cleared')
  await typist.send('echo half cleared')
  const found = await measure('bash', await typist.leave())
  expect(found.some(({ text }) => text.includes('hunter2'))).toBe(false)
  expect(found.every(({ source }) => source === 'screen')).toBe(true)
  const slept = found.find(({ text }) => text === 'sleep 1')
  expect((slept?.endedUs ?? 0) - (slept?.atUs ?? 0)).toBeGreaterThanOrEqual(1_000_000)
  expect(found.find(({ text }) => text === 'seq 1 60')?.directory).toBe('~')
})

test('sh', async () => {
  await using at = await home()
  const typist = await shellAt(at.path, ['sh'])
  await plainWork(typist)
  await hereDocument(typist, '> ')
  await typedAhead(typist)
  await secrets(typist)
  typist.keys('echo pasted one\recho pasted two\recho pasted three and some more, so that it comes as a paste\r')
  typist.given.push(
    'echo pasted one',
    'echo pasted two',
    'echo pasted three and some more, so that it comes as a paste',
  )
  await typist.shell.until(/(?:\n|\$ )pasted three/)
  await typist.shell.until(PROMPT)
  await measure('sh', await typist.leave())
})

test('zsh', needsProgram('zsh', 'zsh'), async () => {
  await using at = await home()
  const typist = await shellAt(at.path, ['zsh', '-f'], { RPROMPT: '[right]' })
  const { shell } = typist
  await plainWork(typist)
  await editedWork(typist)
  await hereDocument(typist, 'heredoc> ')
  await typedAhead(typist)
  await secrets(typist)
  typist.keys('\x12', 'una')
  await shell.until('search')
  await shell.until('a_')
  await typist.send('uname -a; id')
  await measure('zsh', await typist.leave())
})

test('fish', needsProgram('fish', 'fish'), async () => {
  await using at = await home()
  const set = `function fish_prompt; echo -n '${PROMPT}'; end; function fish_right_prompt; echo -n right; end`
  const typist = await shellAt(at.path, ['fish', '--no-config', '-C', set])
  for (const command of ['ls -l', 'echo "Привет, мир"', 'cd /', 'uname -a', `echo ${'a long line '.repeat(9)}end`]) {
    await typist.run(command, /\n[^]*\$ /)
  }
  await measure('fish', await typist.leave())
})

/** As the shell integrations of terminals set bash up. */
const MARKING = [
  "PS0='\\[\\e]133;C\\a\\]'",
  `PS1='\\[\\e]133;D;$?\\a\\e]7;file://web1$PWD\\a\\e]133;A\\a\\]${PROMPT}\\[\\e]133;B\\a\\]'`,
].join('\n')

test('bash that says what it runs, with exit status and directory', async () => {
  await using at = await home()
  await writeFile(join(at.path, 'rc'), MARKING)
  const typist = await shellAt(at.path, ['bash', '--noprofile', '--rcfile', 'rc'])
  await plainWork(typist)
  await editedWork(typist)
  await hereDocument(typist, '> ')
  await typist.run('cd /usr && false')
  await typist.run('(exit 42)')
  await typist.run('python3 -q', '>>> ')
  await typist.run('print(6 * 7)', '>>> ')
  await typist.run('quit()')
  const found = await measure('bash with OSC 133', await typist.leave())
  const of = (text: string) => found.find((each) => each.text === text)
  expect(of('(exit 42)')).toMatchObject({ source: 'osc', exitStatus: 42, directory: '/usr' })
  expect(of('uname -a; id')).toMatchObject({ source: 'osc', exitStatus: 0, directory: at.path })
  expect(of('print(6 * 7)')).toMatchObject({ source: 'screen', exitStatus: undefined })
  expect(of('python3 -q')?.endedUs).toBeGreaterThan(of('quit()')?.atUs ?? Infinity)
})

test('full-screen programs leave no commands, and what is typed behind them does', async () => {
  await using at = await home()
  const typist = await shellAt(at.path, ['bash', '--norc', '--noprofile'])
  const { shell } = typist
  await typist.run('vim -u NONE -n written', '\x1b[1;1H\x1b[?25h')
  typist.keys('i# no command\r$ rm -rf /\rlast', '\x1b')
  await shell.until('last')
  typist.keys(':wq', '\r')
  await shell.until(PROMPT)
  await typist.run('less alpha.txt', '(END)')
  typist.keys('q')
  await shell.until(PROMPT)
  await typist.run('cat written', /rm -rf[^]*\$ $/)
  await measure('around vim and less', await typist.leave())
})

test('tmux inside, with panes beside each other', needsProgram('tmux', 'tmux'), async () => {
  await using at = await home()
  await writeFile(
    join(at.path, 'conf'),
    `set -g assume-paste-time 0\nset -g default-command 'env PS1="${PROMPT}" sh'\n`,
  )
  const typist = await shellAt(at.path, ['bash', '--norc', '--noprofile'], { TMUX_TMPDIR: at.path })
  const { shell } = typist
  await typist.run('tmux -f conf', PROMPT)
  await typist.run('echo $((40 + 2))', /\b42\b[^]*\$ /)
  await typist.run('echo $((1000 * 7))', /7000[^]*\$ /)
  await typist.run('printf "%d\\n" 0x1000', /4096[^]*\$ /)
  typist.keys('\x02', '%')
  await shell.until(PROMPT)
  await typist.run('echo $((3 * 1111))', /3333[^]*\$ /)
  typist.keys('exit', '\r')
  typist.given.push('exit')
  await shell.until('4096')
  await typist.run('exit', /exited[^]*\$ /)
  await measure('tmux', await typist.leave())
})

test('python and psql', async () => {
  await using at = await home()
  await using database = await testDatabase()
  const typist = await shellAt(at.path, ['bash', '--norc', '--noprofile'])
  await typist.run('python3 -q', '>>> ')
  await typist.run('x = [n for n in range(3)]', '>>> ')
  typist.keys('def f():', '\r')
  await typist.shell.until('... ')
  typist.keys('    return 1', '\r')
  await typist.shell.until('... ')
  typist.keys('\r')
  await typist.shell.until('>>> ')
  typist.given.push('def f():\n    return 1')
  await typist.run('quit()')
  await typist.run(`psql -X "${database.url}"`, /[=][#>] /)
  await typist.run('select 6 * 7 as answer;', /42[^]*=[#>] /)
  typist.keys('select 1', '\r')
  await typist.shell.until(/-[#>] /)
  typist.keys('  + 2;', '\r')
  await typist.shell.until(/=[#>] /)
  typist.given.push('select 1\n  + 2;')
  await typist.run('\\q')
  await measure('python and psql', await typist.leave())
})
