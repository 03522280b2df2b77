import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RecordedEvent } from '#gateway/recording/event.ts'
import { recordShell, type RecordedShell } from './recorded-shell.ts'

/** A piece of work at a shell, and the commands that were given in it. */
export interface Work {
  readonly events: readonly RecordedEvent[]
  readonly given: readonly string[]
}

export const PROMPT = 'ivan@web1:~$ '
const BACKSPACE = '\x7f'
const LEFT = '\x1b[D'
const UP = '\x1b[A'

/** Somebody who types, waits for what must be shown, and knows what he meant. */
export class Typist {
  readonly shell: RecordedShell
  readonly given: string[] = []

  constructor(shell: RecordedShell) {
    this.shell = shell
  }

  /** Key by key; what is longer than a character is a key by itself. */
  keys(...texts: readonly string[]): void {
    for (const text of texts) this.shell.type(...(text.startsWith('\x1b') ? [text] : Array.from(text)))
  }

  /** Sends what is typed; `given` is the command that it is. The prompt comes again. */
  async send(given: string, prompt: string | RegExp = PROMPT): Promise<void> {
    this.shell.type('\r')
    this.given.push(given)
    await this.shell.until(prompt)
  }

  async run(command: string, prompt: string | RegExp = PROMPT): Promise<void> {
    this.keys(command)
    await this.send(command, prompt)
  }

  async leave(command = 'exit'): Promise<Work> {
    this.keys(command, '\r')
    this.given.push(command)
    return { events: await this.shell.events, given: this.given }
  }
}

/** What everybody does at any shell. */
export async function plainWork(typist: Typist): Promise<void> {
  const { shell } = typist
  await typist.run('ls -l')
  await typist.run('uname -a; id')
  typist.keys('echo hallo', BACKSPACE.repeat(3), 'lo x')
  await typist.send('echo halo x')
  await typist.run(`echo ${'a long line of words '.repeat(7)}end`)
  await typist.run('echo "Привет, мир" 漢字')
  await typist.run('grep -c x alpha.txt || echo "50% of $HOME"')
  await typist.run("printf 'a\\nb\\nc\\n' | sort -r | head -2")
  typist.keys('echo never')
  await shell.until('never')
  typist.keys('\x03')
  await shell.until(/\^C|2004l/)
  // bash does not always show its prompt again.
  await typist.run('echo settled', /settled\r\n[^]*\$ /)
  await typist.run('cd / && pwd && cd')
  await typist.run('seq 1 60')
  await typist.run('for n in 1 2 3; do echo $n; done')
  await typist.run('printf "no line end"')
  await typist.run('true')
}

/** What a shell that edits its line is used for. */
export async function editedWork(typist: Typist): Promise<void> {
  const { shell } = typist
  typist.keys('echo end', LEFT, LEFT, LEFT, 'the ')
  await shell.until('end')
  await typist.send('echo the end')
  typist.keys(UP)
  await shell.until('echo the end')
  await typist.send('echo the end')
  typist.keys('rm -rf nothing here\x17\x17elsewhere')
  await shell.until('elsewhere')
  await typist.send('rm -rf elsewhere')
  typist.keys('cat alphab\t')
  await shell.until('alphabet.txt')
  await typist.send('cat alphabet.txt')
  typist.keys('nothing\x15ls alpha.txt')
  await shell.until('ls alpha.txt')
  await typist.send('ls alpha.txt')
  typist.keys('echo two\x01#\x05 words\x01\x04')
  await shell.until('words')
  await typist.send('echo two words')
}

/** A document of which the shell asks for line by line. */
export async function hereDocument(typist: Typist, more: string): Promise<void> {
  const { shell } = typist
  const lines = ['cat <<EOF', 'server { listen 80; }', '  # indented', 'EOF']
  for (const [index, line] of lines.entries()) {
    typist.keys(line, '\r')
    await shell.until(index < lines.length - 1 ? more : PROMPT)
  }
  typist.given.push(lines.join('\n'))
}

/** Typed while a command still runs. */
export async function typedAhead(typist: Typist): Promise<void> {
  typist.keys('sleep 1; echo slept', '\r')
  await typist.shell.until('\n')
  typist.keys('echo typed ahead', '\r')
  typist.given.push('sleep 1; echo slept', 'echo typed ahead')
  await typist.shell.until(PROMPT)
  await typist.shell.until(PROMPT)
}

/** Secrets, whatever asks for them: no commands. */
export async function secrets(typist: Typist): Promise<void> {
  const { shell } = typist
  const ask = 'stty -echo; printf "Password: "; read answer; stty echo; echo; echo thanks'
  typist.keys(ask, '\r')
  typist.given.push(ask)
  await shell.until(/Password: $/)
  typist.keys('hunter2', '\r')
  await shell.until('\nthanks')
  await shell.until(PROMPT)
}

export async function shellAt(
  directory: string,
  [program, ...args]: readonly [string, ...string[]],
  environment: Readonly<Record<string, string>> = {},
  prompt: string | RegExp = PROMPT,
): Promise<Typist> {
  await writeFile(join(directory, 'alpha.txt'), 'x\n')
  await writeFile(join(directory, 'alphabet.txt'), 'abc\n')
  const shell = recordShell(program, args, { directory, environment: { PS1: PROMPT, ...environment } })
  await shell.until(prompt)
  return new Typist(shell)
}
