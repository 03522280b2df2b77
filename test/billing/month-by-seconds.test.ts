import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { statementOf } from '#gateway/billing/month-book.ts'
import { sealBody } from '#gateway/billing/statement.ts'
import type { WorkedSession } from '#gateway/billing/worked-session.ts'
import { type Chance, seededChance } from '#test/harness/chance.ts'
import { needsProgram } from '#test/harness/requirement.ts'
import { bookOf, contractOn } from './book-sources.ts'

const clients = [
  { slug: 'acme', zone: 'Europe/Moscow', grace: 300, step: 1, package: 600, rollover: 60 },
  { slug: 'delhi', zone: 'Asia/Kolkata', grace: 60, step: 15, package: 300, rollover: 1000 },
  // Its clocks go back at the end of 29 October: a day of 25 hours.
  { slug: 'nile', zone: 'Africa/Cairo', grace: 900, step: 6, package: 2000, rollover: 1 },
]
const OCTOBER_S = Date.parse('2026-10-01T00:00:00Z') / 1000
const MONTH_S = 31 * 86_400

/** Work of three people, all of it in four stretches of some hours, so that they are in several places at once. */
function monthOfWork(chance: Chance): WorkedSession[] {
  const busy = [0, MONTH_S / 3, MONTH_S - 40_000].map((from) => OCTOBER_S - 7200 + from)
  busy.push(Date.parse('2026-10-29T18:00:00Z') / 1000)
  return Array.from({ length: 240 }, (_, index) => {
    const { slug, zone } = clients[chance(clients.length)]!
    const length = chance(3600)
    return {
      id: `s${String(chance(1e6)).padStart(6, '0')}-${index}`,
      client: slug,
      zone,
      staff: ['anna', 'ivan', 'olga'][chance(3)]!,
      target: `web1.${slug}`,
      task: [undefined, 'T-1', 'T-2'][chance(3)],
      startedAt: new Date((busy[chance(busy.length)]! + chance(40_000)) * 1000),
      lengthMs: length * 1000,
      live: false,
      endedAt: undefined,
      marksMs: Array.from({ length: chance(40) }, () => chance(length + 60) * 1000).toSorted((a, b) => a - b),
    }
  })
}

describe('a month of generated work', needsProgram('python3', 'python3'), () => {
  test.each(clients)('is the same for another program that counts every second: $slug', async (client) => {
    const sessions = monthOfWork(seededChance())
    const contracts = clients.map((each) =>
      contractOn(each.slug, '2026-10-01', {
        graceMs: each.grace * 1000,
        stepMinutes: each.step as 1 | 6 | 15,
        packageMinutes: each.package,
        rollover: { capMinutes: each.rollover, months: 1 },
      }),
    )
    const asked = { client: { ...client, name: 'Ёлки & Co' }, month: '2026-10', asOf: new Date('2026-12-01T00:00:00Z') }
    const { state, ...body } = await statementOf(bookOf(sessions, contracts), asked)
    expect(state).toBe('open')
    const given = {
      client: client.slug,
      month: '2026-10',
      clients: Object.fromEntries(clients.map((each) => [each.slug, each])),
      sessions: sessions.map((each) => ({
        id: each.id,
        client: each.client,
        staff: each.staff,
        task: each.task ?? null,
        start: each.startedAt.getTime() / 1000,
        length: each.lengthMs / 1000,
        marks: each.marksMs.map((mark) => mark / 1000),
      })),
      body,
    }
    const counted = spawnSync('python3', ['test/billing/month_by_seconds.py'], { input: JSON.stringify(given) })
    expect(counted.stderr.toString()).toBe('')
    const { balance, totals } = body
    expect({
      lines: body.lines.map(({ day, at, staff, task, exactMs, charged, covered }) => {
        return { day, at, staff, task, exactMs, charged, covered }
      }),
      charged: totals.charged,
      left: balance.left,
      beyond: balance.overageAgreed + balance.overagePending,
      carriesOver: balance.carriesOver,
      hash: sealBody(body).hash,
    }).toEqual(JSON.parse(counted.stdout.toString()))
    expect(body.lines.length).toBeGreaterThan(10)
  })
})
