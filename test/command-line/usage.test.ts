import type { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createProgram } from '#gateway/command-line/program.ts'
import type { ProgramParts } from '#gateway/command-line/program-parts.ts'
import { installation } from './installation.ts'

/** Every command with its names from the root, such as `staff key add`. */
function allCommands(command: Command, path: readonly string[] = []): [string, Command][] {
  return command.commands.flatMap((each) => {
    const names = [...path, each.name()]
    return [[names.join(' '), each] as [string, Command], ...allCommands(each, names)]
  })
}

// To be asked for its commands, the program needs no other parts.
const commands = allCommands(createProgram({ version: '0.1.0' } as ProgramParts))
const leaves = commands.filter(([, command]) => command.commands.length === 0).map(([name]) => name)

describe('gatebook', () => {
  let home: Awaited<ReturnType<typeof installation>>
  beforeAll(async () => {
    home = await installation()
  })
  afterAll(() => home[Symbol.asyncDispose]())

  it('has the commands of product.md', () => {
    expect(leaves.toSorted()).toEqual(
      [
        'start',
        'migrate',
        'doctor',
        'version',
        'login',
        'time',
        'bill compute',
        'verify',
        'audit',
        'search',
        'seal restart',
        ...['add', 'list', 'show', 'disable', 'enable', 'key add', 'key remove', 'key list', 'totp', 'set'].map(
          (each) => `staff ${each}`,
        ),
        ...['add', 'list', 'show', 'set'].map((each) => `client ${each}`),
        ...['add', 'list', 'show', 'set', 'trust', 'test', 'remove'].map((each) => `target ${each}`),
        ...['issue', 'show', 'pause', 'resume', 'revoke'].map((each) => `key ${each}`),
        ...['set', 'show'].map((each) => `package ${each}`),
        ...['preview', 'close', 'show', 'export'].map((each) => `statement ${each}`),
        ...['add', 'list', 'revoke'].map((each) => `grant ${each}`),
        ...['add', 'list', 'show', 'close', 'reopen'].map((each) => `task ${each}`),
        ...['list', 'show', 'keys', 'text', 'play', 'export', 'set', 'kill', 'commands'].map(
          (each) => `session ${each}`,
        ),
      ].toSorted(),
    )
  })

  it.each(commands.map(([name]) => name))('explains %s on stdout and exits 0', async (name) => {
    const seen = await home.gatebook(`${name} --help`)
    expect(seen).toMatchObject({ err: '', status: 0 })
    expect(seen.out).toContain(`Usage: gatebook ${name}`)
  })

  it.each(leaves.filter((name) => /(^| )(list|show)$/.test(name)))('prints JSON for %s', (name) => {
    const [, command] = commands.find(([each]) => each === name)!
    expect(command.options.map((option) => option.long)).toContain('--json')
  })

  it.each([
    ['nonsense', /there is no command nonsense;/],
    ['staf list', /there is no command staf; did you mean staff\?/],
    ['staff list --nonsense', /there is no option --nonsense;/],
    ['staff show', /<login> is missing/],
    ['staff show ivan petrov', /show takes 1 argument, not 2/],
    ['client add acme --zone UTC', /--name <name> is missing/],
    ['client add acme --name A --zone Mars/Base', /an IANA time zone/],
    ['client add acme --name A --zone +03:00', /an IANA time zone/],
    ['client add Acme --name A --zone UTC', /<slug> Acme: a slug is a-z/],
    ['verify', /give either a session or --all/],
    ['seal restart', /--reason <text> is missing/],
    ['client add acme --name A --zone UTC --language de', /--language takes one of ru, en, not de/],
    ['client set acme', /nothing to change/],
    ['client set acme --idle-end soon', /a whole number from 0 to 1440/],
    ['client set acme --idle-end 1441', /a whole number from 0 to 1440/],
    ['client set acme --idle-counts-output maybe', /yes or no/],
    ['client set acme --forward everything', /none, or a list such as/],
    ['target set web1.acme --forward db1', /none, or a list such as/],
    ['client set acme --policy none', /--policy takes one of default, not none/],
    ['client set acme --policy default --idle-end 5', /give it alone/],
    ['staff add 1van --name I --email i@x --role admin --key -', /a login is a-z/],
    ['staff add ivan --name I --email i@x --role boss --key -', /roles are admin, engineer, auditor, billing/],
    ['staff add ivan --name I --email nobody --role admin --key -', /an e-mail address/],
    ['target add web1 --host h', /TARGET\.CLIENT/],
    ['target add web1.acme --host h --port 0', /from 1 to 65535/],
    ['target add web1.acme --host h --port 65536', /from 1 to 65535/],
    ['target add web1.acme --host -oProxyCommand=x', /host/],
    ['target set web1.acme', /nothing to change/],
    ['grant add ivan acme --until yesterday', /a length such as 8h/],
    ['grant add ivan acme --until 2020-01-01T00:00:00Z', /over already/],
    ['grant add ivan acme --until 0m', /over already/],
    ['time', /give either --month, or both/],
    ['migrate now', /migrate takes no argument/],
    ['time --month', /--month takes <yyyy-mm>/],
    ['time --month 2026-13', /--month 2026-13: a month such as 2026-11/],
    ['time --month 2026-11 --from 2026-11-01', /give either --month, or both/],
    ['time --from 2026-11-01', /give either --month, or both/],
    ['login', /give either the login/],
    ['login ivan --client acme', /give either the login/],
    ['session export', /<id> is missing/],
  ])('calls "%s" wrong usage: one reason on stderr, exit 2', async (args, reason) => {
    const seen = await home.gatebook(args)
    expect(seen).toMatchObject({ out: '', status: 2 })
    expect(seen.err).toMatch(/^gatebook: .*[;?] add --help to see what it takes\n$/)
    expect(seen.err).toMatch(reason)
    expect(seen.err).not.toMatch(/error:|invalid|required|unknown|Allowed|Did/)
  })

  it.each(['', 'staff', 'staff key', 'bill'])(
    'prints help on stderr and exits 2 for a bare "gatebook %s"',
    async (group) => {
      const seen = await home.gatebook(group === '' ? [] : group)
      expect(seen).toMatchObject({ out: '', status: 2 })
      expect(seen.err).toContain('Usage: gatebook')
    },
  )

  it('says which version it is', async () => {
    expect(await home.gatebook('version')).toEqual({ out: 'gatebook 0.1.0\n', err: '', status: 0 })
    expect((await home.gatebook('--version')).out).toBe('0.1.0\n')
  })

  it.each(['client list', 'session list', 'key show acme', 'migrate'])(
    'makes no database where no setting names one and none is here: %s',
    async (command) => {
      const openStores = () => Promise.reject(new Error('opened'))
      const parts = { environment: {}, openStores, migrate: openStores }
      const seen = await home.gatebook(command, { parts })
      expect(seen).toMatchObject({ out: '', status: 1 })
      expect(seen.err).toMatch(
        /^gatebook: no installation of gatebook is found in \/.*\/data; set GATEBOOK_DATA .* or DATABASE_URL .*; gatebook start begins a new one here\n$/,
      )
      expect(
        (await home.gatebook(command, { parts: { ...parts, environment: { GATEBOOK_DATA: '/x' } } })).err,
      ).toContain('Error: opened')
    },
  )

  it('tells every mistake in the settings, a line each, before it opens anything', async () => {
    const environment = { DATABASE_URL: 'mysql://x', GATEBOOK_LOGIN_GRACE: '5' }
    const seen = await home.gatebook('client list', {
      parts: { environment, openStores: () => Promise.reject(new Error()) },
    })
    expect(seen).toMatchObject({ out: '', status: 1 })
    expect(seen.err.trimEnd().split('\n')).toEqual([
      'gatebook: GATEBOOK_LOGIN_GRACE is no setting of gatebook: did you mean GATEBOOK_LOGIN_GRACE_S?',
      'gatebook: DATABASE_URL must be a URL such as postgres://user:password@host:5432/database',
      'gatebook: every setting is in the table of README.md',
    ])
  })

  it('shows a fault of its own with the stack, so that somebody can mend it', async () => {
    const seen = await home.gatebook('client list', {
      parts: { openStores: () => Promise.reject(new TypeError('oops')) },
    })
    expect(seen.status).toBe(1)
    expect(seen.err).toMatch(/this is a fault of gatebook[^]*TypeError: oops[^]*usage\.test/)
  })
})
