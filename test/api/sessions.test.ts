import { describe, expect, it } from 'vitest'
import { sessionDetail, sessionPage, timeReport } from '#shared/api.ts'
import { asked, type Installation, installation, sharedInstallation } from './installation.ts'
import { recordSession } from './recorded-session.ts'
import { TEST_GATEWAY } from '#test/harness/signing.ts'

describe('a session', () => {
  const installed = sharedInstallation()

  it('that ended is shown with its channels', async () => {
    const house = installed()
    const answer = await house.api.inject(
      asked('GET', `/sessions/${house.sessions.ended}`, await house.signIn('owner')),
    )
    const { channelList, ...session } = sessionDetail.strict().parse(answer.json())
    expect(session).toEqual({
      id: house.sessions.ended,
      client: 'acme',
      target: 'web1.acme',
      login: 'root',
      staff: 'engineer',
      task: null,
      reason: null,
      sourceAddress: '192.0.2.7',
      startedAt: '2026-11-23T10:00:00.000Z',
      endedAt: '2026-11-23T10:02:00.000Z',
      state: 'ended',
      endReason: 'closed',
      lengthMs: 120_000,
      channels: 2,
      keystrokes: 4,
      bytesIn: 4,
      bytesOut: 26,
      exitStatus: null,
      exitSignal: null,
      live: false,
      seal: { state: 'sealed', at: expect.any(String), sealedMs: 120_000 },
    })
    expect(channelList).toEqual([
      expect.objectContaining({ channel: 0, kind: 'shell', openedMs: 0, closedMs: 120_000, keystrokes: 4 }),
      expect.objectContaining({ channel: 1, kind: 'exec', command: 'uptime', openedMs: 500, keystrokes: 0 }),
    ])
    expect(channelList[0]?.terminal).toEqual({ type: 'xterm', columns: 80, rows: 24 })
  })

  it('that is live is shown as far as it is on record', async () => {
    const house = installed()
    const answer = await house.api.inject(asked('GET', `/sessions/${house.sessions.live}`, await house.signIn('admin')))
    const session = sessionDetail.strict().parse(answer.json())
    expect(session.seal).toEqual({ state: 'open', at: null, sealedMs: 0 })
    expect(session).toMatchObject({ state: 'live', live: true, endedAt: null, endReason: null, keystrokes: 4 })
    expect(session.channelList[0]).toMatchObject({ closedMs: null })
  })
})

describe('a session that an auditor ends', () => {
  const installed = sharedInstallation()
  const kill = async (id: string, payload: object) => {
    const house = installed()
    return house.api.inject({ ...asked('POST', `/sessions/${id}/kill`, await house.signIn('auditor')), payload })
  }

  it('is to end with their name and word, which its gateway hears of', async () => {
    const { sessions, stores } = installed()
    const answer = await kill(sessions.live, { message: ' call me ' })
    expect([answer.statusCode, answer.json()]).toEqual([200, expect.objectContaining({ id: sessions.live })])
    expect(await stores.sessions.endsAsked(TEST_GATEWAY)).toEqual(
      new Map([[sessions.live, 'ended by staff:auditor: call me']]),
    )
  })

  it('must be live, and the word must be one line that no terminal obeys', async () => {
    const { sessions } = installed()
    expect((await kill(sessions.ended, {})).statusCode).toBe(409)
    expect((await kill(sessions.live, { message: 'a\nb' })).statusCode).toBe(400)
    expect((await kill(sessions.live, { message: '\x1b[2J' })).statusCode).toBe(400)
  })
})

describe('the list of sessions', () => {
  it('pages from the newest to the oldest, each session once', async () => {
    await using house = await installation()
    await recordMore(house, 3)
    const cookie = await house.signIn('admin')
    const starts: string[] = []
    let cursor: string | null = null
    let pages = 0
    do {
      const url: string = `/sessions?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`
      const page = sessionPage.parse((await house.api.inject(asked('GET', url, cookie))).json())
      starts.push(...page.items.map(({ startedAt }) => startedAt))
      cursor = page.nextCursor
      pages += 1
    } while (cursor !== null)
    expect(pages).toBe(3)
    expect(starts).toHaveLength(5)
    expect(new Set(starts).size).toBe(5)
    expect(starts).toEqual(starts.toSorted().toReversed())
  })

  it('says there is no next page where the last one is exactly full', async () => {
    await using house = await installation()
    const answer = await house.api.inject(asked('GET', '/sessions?limit=2', await house.signIn('admin')))
    expect(answer.json()).toMatchObject({ items: [{}, {}], nextCursor: null })
  })

  it.each([
    ['client=acme', ['ended']],
    ['staff=colleague', ['live']],
    ['target=db1.zeta', ['live']],
    ['from=2026-11-23T11:00:00Z', ['live']],
    ['from=2026-11-23T14:00:00%2B03:00', ['live']],
    ['to=2026-11-23T11:00:00Z', ['ended']],
    ['live=true', ['live']],
    ['client=acme&live=true', []],
  ] as const)('is narrowed by %s', async (query, expected) => {
    await using house = await installation()
    const answer = await house.api.inject(asked('GET', `/sessions?${query}`, await house.signIn('admin')))
    const { items } = sessionPage.parse(answer.json())
    expect(items.map(({ id }) => id)).toEqual(expected.map((name) => house.sessions[name]))
  })
})

describe('the minutes', () => {
  const installed = sharedInstallation()

  it('of a month come as lines that lead to their sessions', async () => {
    const house = installed()
    const answer = await house.api.inject(asked('GET', '/time?month=2026-11&client=acme', await house.signIn('owner')))
    const report = timeReport.strict().parse(answer.json())
    expect(report.lines).toEqual([
      expect.objectContaining({
        client: 'acme',
        day: '2026-11-23',
        staff: 'engineer',
        exactMs: 120_000,
        minutes: 2,
        provisional: false,
        sessions: [house.sessions.ended],
      }),
    ])
    expect(report.totals).toEqual([{ client: 'acme', minutes: 2, charged: 2 }])
  })

  it('of a live session are provisional', async () => {
    const house = installed()
    const answer = await house.api.inject(
      asked('GET', '/time?month=2026-11&client=zeta', await house.signIn('billing')),
    )
    // Keys at 0, 2 and 62 s, each live for 5 minutes.
    expect(answer.json().lines).toMatchObject([{ client: 'zeta', exactMs: 362_000, minutes: 7, provisional: true }])
  })

  it.each([
    ['', 400],
    ['month=2026-13', 400],
    ['month=2026-11&from=2026-11-01T00:00:00Z', 400],
    ['from=2026-11-01T00:00:00Z', 400],
    ['from=2026-11-01T00:00:00Z&to=2026-11-01T00:00:00Z', 400],
    ['from=2026-11-01T00:00:00Z&to=2026-11-01T00:00:01Z', 200],
    ['from=2026-01-01T00:00:00Z&to=2027-01-02T00:00:00Z', 200],
    ['from=2026-01-01T00:00:00Z&to=2027-01-02T00:00:01Z', 400],
  ])('asked for with %j answer %i', async (query, status) => {
    const house = installed()
    const answer = await house.api.inject(asked('GET', `/time?${query}`, await house.signIn('billing')))
    expect(answer.statusCode).toBe(status)
  })
})

async function recordMore({ stores }: Installation, count: number): Promise<void> {
  const staff = (await stores.staff.byLogin('engineer'))!
  const target = (await stores.targets.byName('web1', 'acme'))!
  for (let day = 1; day <= count; day += 1) {
    const startedAt = new Date(`2026-11-0${day}T09:00:00.000Z`)
    await recordSession(stores, { staff, target, startedAt, endedAfterS: 120 })
  }
}
