import { z } from 'zod'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { session, sessionShown, timeReport } from '#shared/api.ts'
import { TERMINAL_RESTORED } from '#gateway/recording/terminal-playback.ts'
import { recordSession } from '#test/api/recorded-session.ts'
import { sampleAccess, sampleSession } from '#test/storage/sample-access.ts'
import { installation, publicKey } from './installation.ts'

/** Ivan worked at web1.acme twice (two minutes each, on two days of Moscow) and works at db1.zeta. */
async function withSessions() {
  const home = await installation()
  const { stores } = home
  const ivan = 'staff add ivan --name Ivan --email ivan@example.org --role engineer --key -'
  await home.gatebook(ivan, { stdin: publicKey })
  await home.gatebook('client add acme --name Acme --zone Europe/Moscow')
  await home.gatebook('client add zeta --name Zeta --zone UTC')
  await home.gatebook('target add web1.acme --host web1')
  await home.gatebook('target add db1.zeta --host db1')
  const staff = (await stores.staff.byLogin('ivan'))!
  const web = (await stores.targets.byName('web1', 'acme'))!
  const db = (await stores.targets.byName('db1', 'zeta'))!
  const record = (target: typeof web, startedAt: string, endedAfterS?: number) =>
    recordSession(stores, { staff, target, startedAt: new Date(startedAt), ...(endedAfterS && { endedAfterS }) })
  return Object.assign(home, {
    ids: {
      // 20:30 UTC is 23:30 in Moscow, 21:30 is the next day there.
      first: await record(web, '2026-11-20T20:30:00Z', 120),
      second: await record(web, '2026-11-20T21:30:00Z', 120),
      live: await record(db, '2026-11-21T10:00:00Z'),
    },
  })
}

let home: Awaited<ReturnType<typeof withSessions>>
beforeAll(async () => {
  home = await withSessions()
})
afterAll(() => home[Symbol.asyncDispose]())

interface Exported {
  readonly channels: { readonly channel: number; readonly events: { kind: string; data: string }[] }[]
}

const sessionList = z.array(z.strictObject(session.shape))

describe('gatebook session list', () => {
  it('lists newest first, with what product.md names', async () => {
    const list = sessionList.parse(await home.json('session list'))
    expect(list.map(({ id }) => id)).toEqual([home.ids.live, home.ids.second, home.ids.first])
    expect(list.at(-1)).toMatchObject({
      client: 'acme',
      target: 'web1.acme',
      login: 'root',
      staff: 'ivan',
      startedAt: '2026-11-20T20:30:00.000Z',
      endedAt: '2026-11-20T20:32:00.000Z',
      state: 'ended',
      channels: 2,
      keystrokes: 4,
      live: false,
    })
  })

  it.each([
    ['--client acme', ['second', 'first']],
    ['--staff ivan --live', ['live']],
    ['--target web1.acme --limit 1', ['second']],
    ['--from 2026-11-21', ['live']],
    ['--from 2026-11-20T21:30:00Z', ['live', 'second']],
    ['--to 2026-11-20T21:30:00Z', ['first']],
    ['--task ACME-17', []],
  ] as const)('narrows by %s', async (filter, names) => {
    const list = sessionList.parse(await home.json(`session list ${filter}`))
    expect(list.map(({ id }) => id)).toEqual(names.map((name) => home.ids[name]))
  })

  it('fits the table into the terminal', async () => {
    const wide = await home.gatebook('session list')
    const narrow = await home.gatebook('session list', { columns: 90 })
    expect(wide.out).toContain(home.ids.first)
    expect(narrow.out).toContain('…')
    expect(Math.max(...narrow.out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(90)
  })
})

describe('gatebook session show', () => {
  it('tells of each channel', async () => {
    const shown = sessionShown.parse(await home.json(`session show ${home.ids.first}`))
    expect(shown.channelList).toMatchObject([
      { channel: 0, kind: 'shell', terminal: { type: 'xterm', columns: 80, rows: 24 } },
      { channel: 1, kind: 'exec', command: 'uptime' },
    ])
    expect((await home.gatebook(`session show ${home.ids.first}`)).out).toMatch(/exec +uptime/)
  })

  it.each(['show', 'keys', 'text', 'play', 'export --format json'])(
    'of nothing on record is refused: %s',
    async (command) => {
      for (const id of ['019ab000-0000-7000-8000-000000000000', 'web1']) {
        expect(await home.gatebook(`session ${command} ${id}`, { columns: 80 })).toEqual({
          out: '',
          err: `gatebook: there is no session ${id}; copy the id from: gatebook session list\n`,
          status: 1,
        })
      }
    },
  )
})

describe('the id of a session', () => {
  it.each([
    ['show', (id: string) => id.slice(0, 8)],
    ['keys', (id: string) => id.slice(0, 9)],
    ['text', (id: string) => id.slice(0, 20).toUpperCase()],
    ['export', (id: string) => id.slice(0, 35)],
  ])('may be given by its beginning: %s', async (command, beginning) => {
    const whole = await home.gatebook(`session ${command} ${home.ids.first}`)
    expect(whole).toMatchObject({ err: '', status: 0 })
    expect(await home.gatebook(`session ${command} ${beginning(home.ids.first)}`)).toEqual(whole)
  })

  it('is refused where it is too short, and where several begin so', async () => {
    await using crowded = await installation()
    const access = await sampleAccess(crowded.database)
    const [one, other] = ['01a209af-0498-7698-b83d-ef46d6dafd11', '01a209af-0498-7698-b83d-ef46d6dafd12']
    for (const id of [one, other]) await sampleSession(crowded.database, access, { id })
    const show = (id: string) => crowded.gatebook(`session show ${id}`)
    expect((await show(other)).out).toContain(other)
    expect(await show('01a209a')).toMatchObject({ out: '', status: 1 })
    expect((await show('01a209a')).err).toMatch(/there is no session 01a209a; 8 characters or more .* are needed/)
    for (const beginning of ['01a209af', other.slice(0, 35)]) {
      expect(await show(beginning)).toEqual({
        out: '',
        err: `gatebook: the ids of several sessions begin with ${beginning}, such as ${other} and ${one}; give more of it\n`,
        status: 1,
      })
    }
    expect((await show('01a2-09af')).err).toContain('there is no session 01a2-09af')
  })
})

describe('gatebook session keys', () => {
  it('names every key with its time', async () => {
    expect(await home.json(`session keys ${home.ids.first}`)).toEqual([
      { channel: 0, seq: 0, atUs: 2_000_000, name: 'l', bytes: 'bA==' },
      { channel: 0, seq: 1, atUs: 2_000_000, name: 's', bytes: 'cw==' },
      { channel: 0, seq: 2, atUs: 2_000_000, name: 'Enter', bytes: 'DQ==' },
      { channel: 0, seq: 3, atUs: 62_000_000, name: 'q', bytes: 'cQ==' },
    ])
    const table = await home.gatebook(`session keys ${home.ids.first} --channel 0`)
    expect(table.out).toMatch(/1:02\.000000 +q +71\n$/)
    expect(await home.json(`session keys ${home.ids.first} --channel 1`)).toEqual([])
  })
})

describe('gatebook session export', () => {
  it('prints asciicast v3, or v2', async () => {
    const [header, ...events] = (await home.gatebook(`session export ${home.ids.first}`)).out.trimEnd().split('\n')
    expect(JSON.parse(header!)).toMatchObject({
      version: 3,
      term: { cols: 80, rows: 24, type: 'xterm' },
      timestamp: Date.parse('2026-11-20T20:30:00Z') / 1000,
      title: 'root@web1.acme by ivan',
    })
    const output = events.map((line) => JSON.parse(line) as [number, string, string]).filter(([, code]) => code === 'o')
    expect(output.map(([, , text]) => text)).toEqual(['$ ', 'ls\r\nnotes\r\n$ ', 'q'])
    const second = await home.gatebook(`session export ${home.ids.first} --format cast2`)
    expect(JSON.parse(second.out.split('\n', 1)[0]!)).toMatchObject({ version: 2, width: 80, height: 24 })
  })

  it('prints every event of every channel as JSON, or of one', async () => {
    const whole = JSON.parse((await home.gatebook(`session export ${home.ids.first} --format json`)).out) as Exported
    expect(whole).toMatchObject({ version: 1, session: { id: home.ids.first, target: 'web1.acme' } })
    expect(whole.channels.map(({ channel, events }) => [channel, events[0]!.kind])).toEqual([
      [0, 'open'],
      [1, 'open'],
    ])
    const typed = whole.channels[0]!.events.filter(({ kind }) => kind === 'input').map(({ data }) => data)
    expect(Buffer.concat(typed.map((data) => Buffer.from(data, 'base64'))).toString()).toBe('ls\rq')
    const one = await home.gatebook(`session export ${home.ids.first} --format json --channel 1`)
    expect((JSON.parse(one.out) as Exported).channels).toEqual([whole.channels[1]])
  })

  it('prints what the screen showed as text, of the first terminal or of the channel named', async () => {
    expect((await home.gatebook(`session text ${home.ids.first}`)).out).toBe('$ ls\nnotes\n$ q\n')
    const seen = await home.gatebook(`session export ${home.ids.first} --format txt --channel 1`)
    expect(seen.out).toBe('up 3 days\n')
  })

  it.each(['text', 'export', 'export --format json', 'play', 'keys'])(
    'is refused for a channel that is not there: %s',
    async (command) => {
      const seen = await home.gatebook(`session ${command} ${home.ids.first} --channel 2`, { columns: 80 })
      expect(seen).toMatchObject({ out: '', status: 1 })
      expect(seen.err).toMatch(/^gatebook: session .* has no channel 2, but 0, 1; see: gatebook session show /)
    },
  )
})

describe('gatebook session play', () => {
  it('paints the recording into the terminal and gives it back as it was', async () => {
    const seen = await home.gatebook(`session play ${home.ids.first} --speed 100 --idle 0.5`, { columns: 80 })
    expect(seen).toMatchObject({ err: '', status: 0 })
    expect(seen.out.startsWith('\x1b[?1049h')).toBe(true)
    expect(seen.out).toContain('notes')
    expect(seen.out.endsWith(TERMINAL_RESTORED)).toBe(true)
  })

  it('ends at Ctrl+C and gives the terminal back', async () => {
    const interruption = () => AbortSignal.abort()
    const seen = await home.gatebook(`session play ${home.ids.first}`, { columns: 80, parts: { interruption } })
    expect(seen).toEqual({ out: TERMINAL_RESTORED, err: '', status: 0 })
  })

  it('is refused where there is no terminal', async () => {
    expect(await home.gatebook(`session play ${home.ids.first}`)).toEqual({
      out: '',
      err: 'gatebook: stdout is no terminal to play in; for a file use: gatebook session text\n',
      status: 1,
    })
  })
})

describe('gatebook time', () => {
  const columns = (out: string) =>
    out
      .trim()
      .split('\n')
      .map((line) => line.split(/ {2,}/))

  it("books work on the days of the client's zone, and leads to its sessions", async () => {
    const report = timeReport.parse(await home.json('time --month 2026-11 --client acme'))
    expect(report.lines).toMatchObject([
      { client: 'acme', day: '2026-11-20', staff: 'ivan', minutes: 2, sessions: [home.ids.first] },
      { client: 'acme', day: '2026-11-21', staff: 'ivan', minutes: 2, sessions: [home.ids.second] },
    ])
    expect(report.totals).toEqual([{ client: 'acme', minutes: 4, charged: 4 }])
    expect(await home.json('time --month 2026-10')).toEqual({ lines: [], totals: [], quarantined: [] })
  })

  it('reads dates in the zone of each client', async () => {
    const report = timeReport.parse(await home.json('time --from 2026-11-21 --to 2026-11-22'))
    expect(report.lines.map(({ client, sessions }) => [client, sessions])).toEqual([
      ['acme', [home.ids.second]],
      ['zeta', [home.ids.live]],
    ])
    expect(report.lines[1]).toMatchObject({ provisional: true })
  })

  it('reads instants as they are, the end excluded', async () => {
    const from = '2026-11-20T20:31:00Z'
    const report = timeReport.parse(await home.json(`time --staff ivan --from ${from} --to 2026-11-20T21:30:00Z`))
    expect(report.lines).toMatchObject([{ sessions: [home.ids.first], exactMs: 60_000, minutes: 1 }])
  })

  it('prints a table with totals, or CSV', async () => {
    const table = await home.gatebook('time --month 2026-11 --client acme')
    expect(columns(table.out)[1]).toEqual(['acme', '2026-11-20', 'ivan', '-', '0:02:00', '2', '2', '1'])
    expect(table.out).toMatch(/\nacme: 4 minutes, 4 charged\n$/)
    const csv = await home.gatebook('time --month 2026-11 --client acme --format csv')
    expect(csv.out.split('\r\n').slice(0, 2)).toEqual([
      'client,day,staff,task,band,billable,exact_ms,minutes,charged,provisional,sessions',
      `acme,2026-11-20,ivan,,,true,120000,2,2,false,${home.ids.first}`,
    ])
  })

  it('is refused where the end is not after the start', async () => {
    for (const to of ['2026-11-21', '2026-11-20']) {
      const seen = await home.gatebook(`time --client acme --from 2026-11-21 --to ${to}`)
      expect(seen).toMatchObject({ out: '', status: 1 })
      expect(seen.err).toMatch(/^gatebook: --from is not before --to/)
    }
  })
})
