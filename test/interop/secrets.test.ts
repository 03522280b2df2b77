import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reachable, type Reachable } from '#test/harness/reachable.ts'
import { bytesOf, newestEndedSession, recordedEvents } from '#test/harness/recorded.ts'
import { needsProgram, needsSshdTerminals } from '#test/harness/requirement.ts'
import { openTerminal, type TestTerminal } from '#test/harness/terminal.ts'

/** Letters only, so that no prompt or program has them by chance and nothing needs quoting. */
const newSecret = () =>
  randomBytes(12)
    .toString('base64')
    .replaceAll(/[^a-zA-Z]/g, 'q')
const SHELL = ["PS1='ready: ' LC_ALL=C.UTF-8 exec bash --norc"]

function goneAlready(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

describe('what is typed in secret over the gateway', needsSshdTerminals(), () => {
  let world: Reachable
  beforeAll(async () => {
    world = await reachable()
  })
  afterAll(() => world[Symbol.asyncDispose]())

  async function openShell(): Promise<TestTerminal> {
    const terminal = openTerminal(world.gateway, 'web1.acme', SHELL)
    await terminal.until('ready: ')
    return terminal
  }

  /** As a person does: a key at a time, by the answers of the other side. */
  async function line(terminal: TestTerminal, text: string, then: string): Promise<void> {
    for (const key of text.split('')) {
      terminal.type(key)
      await terminal.until(key)
    }
    terminal.type('\r')
    await terminal.until(then)
  }

  async function endedInput(terminal: TestTerminal): Promise<{ id: string; input: string }> {
    terminal.type('exit\r')
    await terminal.ended
    const { id } = await newestEndedSession(world.gateway)
    return { id, input: bytesOf(await recordedEvents(world.gateway, id), 'input', 'maskedInput').toString() }
  }

  /** Files of the gateway and rows of PostgreSQL. */
  async function places(): Promise<ReadonlyMap<string, Buffer>> {
    const found = new Map<string, Buffer>()
    const read = async (directory: string) => {
      for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
        const path = join(entry.parentPath, entry.name)
        // One that takes the place of another is gone by its first name.
        const bytes = entry.isFile() ? await readFile(path).catch(goneAlready) : undefined
        if (bytes !== undefined) found.set(path, bytes)
      }
    }
    await read(join(world.gateway.directory, 'data'))
    const { database } = world.gateway.database
    const tables = await database.read((queries) =>
      queries.execute<{ name: string }>(
        sql`select table_name as name from information_schema.tables where table_schema = 'public'`,
      ),
    )
    for (const { name } of tables.rows) {
      const rows = await database.read((queries) =>
        queries.execute<{ row: string }>(sql`select row_to_json(t)::text as row from ${sql.identifier(name)} t`),
      )
      found.set(`table ${name}`, Buffer.from(rows.rows.map(({ row }) => row).join('\n')))
    }
    return found
  }

  function placesOf(secret: string, all: ReadonlyMap<string, Buffer>): string[] {
    const forms = [secret, Buffer.from(secret).toString('hex'), Buffer.from(secret).toString('base64').slice(0, -2)]
    return [...all].filter(([, bytes]) => forms.some((form) => bytes.includes(form))).map(([place]) => place)
  }

  /** Files of the log that PostgreSQL writes ahead. */
  async function logsWith(text: string): Promise<string[]> {
    const { rows } = await world.gateway.database.database.read((queries) =>
      queries.execute<{ name: string }>(sql`
        select name from pg_ls_waldir()
        where position(${Buffer.from(text)}::bytea in pg_read_binary_file('pg_wal/' || name)) > 0
      `),
    )
    return rows.map(({ name }) => name)
  }

  const silent = [
    ['read -s without a prompt', 'read -s', ''],
    ['read -s with a prompt of its own', "read -sp 'Tell me: '", 'Tell me: '],
    ['a prompt in another language', "read -p 'Пароль: '", 'Пароль: '],
    ['stty -echo', "stty -echo; printf 'now> '; read x; stty echo", 'now> '],
  ] as const

  it.each(silent)('%s: is masked, and what is typed before and behind is kept', async (_, command, prompt) => {
    const secret = newSecret()
    const terminal = await openShell()
    await line(terminal, `${command}; echo done-$?`, prompt || '\n')
    for (const key of secret.split('')) terminal.type(key)
    terminal.type('\r')
    await terminal.until('done-0')
    await terminal.until('ready: ')
    await line(terminal, 'echo behind', 'behind\r\n')
    const { input } = await endedInput(terminal)
    expect(input).toBe(`${command}; echo done-$?\r${'•'.repeat(secret.length)}\recho behind\rexit\r`)
  })

  it('is found nowhere: not in the journal, in PostgreSQL, in its log, or in an export', async () => {
    const [secret, word] = [newSecret(), newSecret()]
    const terminal = await openShell()
    await line(terminal, `echo ${word}; read -sp Password:`, 'Password:')
    terminal.type(`${secret}\r`)
    await terminal.until('ready: ')
    // Half a line that nobody answers yet is in the journal only.
    await line(terminal, 'read -s', '\n')
    terminal.type(secret)
    const during = await places()
    terminal.type('\r')
    await terminal.until('ready: ')
    const { id, input } = await endedInput(terminal)
    expect(input).toContain(word)
    expect(input).toContain('•'.repeat(secret.length))
    const after = await places()
    expect(placesOf(word, during).some((path) => path.endsWith('.journal'))).toBe(true)
    // In keystroke_run, too, unless the word was cut by the end of a run.
    expect(placesOf(word, after).filter((place) => place.startsWith('table '))).not.toEqual([])
    expect(await logsWith(SHELL.join(' '))).not.toEqual([])
    expect([...placesOf(secret, during), ...placesOf(secret, after), ...(await logsWith(secret))]).toEqual([])
    const keys = await world.gateway.stores.records.keystrokes(id, 0)
    expect(Buffer.concat(keys.map(({ bytes }) => bytes)).toString()).toBe(input)
  })

  it('is kept where the policy of the client says so', async () => {
    const secret = newSecret()
    const { stores, client } = world.gateway
    await stores.clients.set(client.slug, { policy: { typedSecrets: 'keep' } }, 'test')
    try {
      const terminal = await openShell()
      await line(terminal, 'read -sp Password:', 'Password:')
      terminal.type(`${secret}\r`)
      await terminal.until('ready: ')
      expect((await endedInput(terminal)).input).toContain(secret)
    } finally {
      await stores.clients.set(client.slug, { policy: { typedSecrets: null } }, 'test')
    }
  })

  it('for ssh-keygen, a passphrase', async () => {
    const secret = newSecret()
    const path = join(world.gateway.directory, 'locked')
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', secret, '-f', path])
    const terminal = await openShell()
    await line(terminal, `ssh-keygen -yf ${path}`, 'passphrase')
    terminal.type(`${secret}\r`)
    await terminal.until('ssh-ed25519 ')
    expect((await endedInput(terminal)).input).toContain(`${path}\r${'•'.repeat(secret.length)}\rexit`)
    await rm(path)
  })

  it('for openssl, a key at a time, twice', needsProgram('openssl', 'openssl'), async () => {
    const secret = newSecret()
    const terminal = await openShell()
    await line(terminal, 'openssl passwd -6', 'Password: ')
    for (const key of secret.split('')) terminal.type(key)
    terminal.type('\r')
    await terminal.until('Verifying')
    terminal.type(`${secret}\r`)
    await terminal.until('ready: ')
    const masked = '•'.repeat(secret.length)
    expect((await endedInput(terminal)).input).toBe(`openssl passwd -6\r${masked}\r${masked}\rexit\r`)
  })
})
