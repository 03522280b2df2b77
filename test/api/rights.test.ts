import { describe, expect, it } from 'vitest'
import { contractTerms } from '#shared/contract.ts'
import type { TaskStatus } from '#shared/task.ts'
import { apiRoutes } from '#gateway/api/api.ts'
import { closeMonth } from '#gateway/billing/month-book.ts'
import { asked, type Installation, people, sharedInstallation, somePublicKey } from './installation.ts'

/** Of every route, below `/api/v1`: an address, and the status for each of `everybody`, in that order. */
const everybody = ['nobody', ...people] as const
// nobody, admin, auditor, engineer, colleague, billing, owner, viewer, stranger
const table: Readonly<Record<string, readonly [address: string, statuses: string]>> = {
  'POST /sign-in': ['/sign-in', '400 400 400 400 400 400 400 400 400'],
  'POST /sign-out': ['/sign-out', '204 204 204 204 204 204 204 204 204'],
  'GET /me': ['/me', '401 200 200 200 200 200 200 200 200'],
  'GET /clients': ['/clients', '401 200 200 200 200 200 200 200 200'],
  'GET /clients/{slug}': ['/clients/acme', '401 200 200 200 200 200 200 200 404'],
  'GET /clients/{slug}/key': ['/clients/acme/key', '401 200 200 200 200 403 200 200 404'],
  'POST /clients/{slug}/key/pause': ['/clients/acme/key/pause', '401 200 403 403 403 403 200 403 404'],
  'POST /clients/{slug}/key/resume': ['/clients/acme/key/resume', '401 200 403 403 403 403 200 403 404'],
  'POST /clients/{slug}/key/revoke': ['/clients/acme/key/revoke', '401 200 403 403 403 403 200 403 404'],
  'GET /audit': ['/audit', '401 200 200 403 403 403 200 200 200'],
  'GET /tasks': ['/tasks', '401 200 200 200 200 200 200 200 200'],
  'POST /tasks': ['/tasks', '401 200 403 200 200 403 200 200 404'],
  'GET /tasks/{number}': ['/tasks/ACME-1', '401 200 200 200 200 200 200 200 404'],
  'POST /tasks/{number}/close': ['/tasks/ACME-1/close', '401 200 403 200 200 403 200 403 404'],
  'POST /tasks/{number}/reopen': ['/tasks/ACME-1/reopen', '401 200 403 200 200 403 200 403 404'],
  'GET /sessions': ['/sessions', '401 200 200 200 200 200 200 200 200'],
  'GET /sessions/{id}': ['/sessions/ENDED', '401 200 200 200 404 200 200 200 404'],
  'POST /sessions/{id}/kill': ['/sessions/LIVE/kill', '401 200 200 404 200 403 404 404 403'],
  'GET /sessions/{id}/files': ['/sessions/ENDED/files', '401 200 200 200 404 403 200 200 404'],
  'GET /sessions/{id}/commands': ['/sessions/ENDED/commands', '401 200 200 200 404 403 200 200 404'],
  'GET /search': ['/search?text=notes', '401 200 200 200 200 200 200 200 200'],
  'GET /sessions/{id}/verification': ['/sessions/ENDED/verification', '401 200 200 200 404 200 200 200 404'],
  'GET /sessions/{id}/channels/{channel}/replay': [
    '/sessions/ENDED/channels/0/replay',
    '401 200 200 200 404 403 200 200 404',
  ],
  'GET /sessions/{id}/channels/{channel}/replay/{segment}': [
    '/sessions/ENDED/channels/0/replay/0',
    '401 200 200 200 404 403 200 200 404',
  ],
  'GET /sessions/{id}/channels/{channel}/keystrokes': [
    '/sessions/ENDED/channels/0/keystrokes',
    '401 200 200 200 404 403 200 200 404',
  ],
  'GET /sessions/{id}/channels/{channel}/live': [
    '/sessions/ENDED/channels/0/live',
    '401 409 409 409 404 403 409 409 404',
  ],
  'GET /time': ['/time?month=2026-11', '401 200 200 200 200 200 200 200 200'],
  'GET /clients/{slug}/contract': ['/clients/acme/contract', '401 200 200 403 403 200 200 200 404'],
  'PUT /clients/{slug}/contract': ['/clients/acme/contract', '401 200 403 403 403 200 403 403 404'],
  'GET /clients/{slug}/statements/{month}': ['/clients/acme/statements/2026-11', '401 200 200 403 403 200 200 200 404'],
  // A month that is not over is refused to those who may close it.
  'POST /clients/{slug}/statements/{month}/close': [
    '/clients/acme/statements/2026-11/close',
    '401 409 403 403 403 409 403 403 404',
  ],
  'GET /statements': ['/statements', '401 200 200 200 200 200 200 200 200'],
  'GET /statements/{id}.json': ['/statements/STATEMENT.json', '401 200 200 403 403 200 200 200 404'],
  'GET /statements/{id}.csv': ['/statements/STATEMENT.csv', '401 200 200 403 403 200 200 200 404'],
  'GET /openapi.json': ['/openapi.json', '200 200 200 200 200 200 200 200 200'],
}

/** Where a route takes none without. */
const bodies: Readonly<Record<string, object>> = {
  'POST /tasks': { client: 'acme', title: 'Renew the certificate' },
  'POST /sessions/{id}/kill': {},
  'POST /clients/{slug}/statements/{month}/close': {},
  'PUT /clients/{slug}/contract': {
    validFrom: '2026-11-01',
    terms: { packageMinutes: 300, rateMinorPerHour: 200_000, currency: 'RUB' },
  },
}

describe('every route answers every reader as the table says', () => {
  const installed = sharedInstallation()

  it('and no route is missing from the table', () => {
    expect(apiRoutes(installed().parts).map(({ method, path }) => `${method} ${path}`)).toEqual(Object.keys(table))
  })

  it.each(Object.entries(table))('%s', async (route, [address, statuses]) => {
    const house = installed()
    const [method] = route.split(' ') as ['GET' | 'POST' | 'PUT']
    const url = address
      .replace('ENDED', house.sessions.ended)
      .replace('LIVE', house.sessions.live)
      .replace('STATEMENT', await closedMonth(house))
    const answered = []
    for (const person of everybody) {
      await freshKey(house, url.endsWith('/resume') ? 'paused' : 'active')
      await firstTask(house, url.endsWith('/reopen') ? 'closed' : 'open')
      const cookie = person === 'nobody' ? undefined : await house.signIn(person)
      const payload = bodies[route]
      const request = { ...asked(method, url, cookie), ...(payload && { payload }) }
      answered.push((await house.api.inject(request)).statusCode)
    }
    expect(answered.join(' ')).toBe(statuses)
  })

  it.each(['/clients/acme', '/clients/acme/key', '/sessions/ENDED', '/tasks/ACME-1'])(
    'a stranger cannot tell %s from what does not exist',
    async (address) => {
      const house = installed()
      await firstTask(house, 'open')
      const cookie = await house.signIn('stranger')
      const there = address.replace('ENDED', house.sessions.ended)
      const nowhere = address
        .replace('acme', 'nope')
        .replace('ACME', 'NOPE')
        .replace('ENDED', '00000000-0000-4000-8000-000000000000')
      const [hidden, absent] = [
        await house.api.inject(asked('GET', there, cookie)),
        await house.api.inject(asked('GET', nowhere, cookie)),
      ]
      expect(hidden.statusCode).toBe(404)
      const anonymous = (body: string) => body.replaceAll(/ACME|NOPE|acme|nope|[0-9a-f-]{36}/g, 'NAME')
      expect(anonymous(hidden.body)).toBe(anonymous(absent.body))
    },
  )
})

describe('lists hold only what their reader may see', () => {
  const installed = sharedInstallation()

  it.each([
    ['admin', ['acme', 'zeta'], ['live', 'ended']],
    ['auditor', ['acme', 'zeta'], ['live', 'ended']],
    ['billing', ['acme', 'zeta'], ['live', 'ended']],
    ['engineer', ['acme', 'zeta'], ['ended']],
    ['colleague', ['acme', 'zeta'], ['live']],
    ['owner', ['acme'], ['ended']],
    ['viewer', ['acme'], ['ended']],
    ['stranger', ['zeta'], ['live']],
  ] as const)('for %s', async (person, clients, sessions) => {
    const house = installed()
    const cookie = await house.signIn(person)
    const get = async (url: string) => (await house.api.inject(asked('GET', url, cookie))).json()
    expect((await get('/clients')).items.map(({ slug }: { slug: string }) => slug)).toEqual(clients)
    const ids = sessions.map((name) => house.sessions[name])
    expect((await get('/sessions')).items.map(({ id }: { id: string }) => id)).toEqual(ids)
    const { lines } = await get('/time?month=2026-11')
    expect(new Set(lines.flatMap((line: { sessions: string[] }) => line.sessions))).toEqual(new Set(ids))
  })

  it.each([
    ['owner', '/sessions?client=zeta', '/time?month=2026-11&client=zeta'],
    ['engineer', '/sessions?staff=colleague', '/time?month=2026-11&staff=colleague'],
  ] as const)('even when %s asks for others by name', async (person, sessions, time) => {
    const house = installed()
    const cookie = await house.signIn(person)
    expect((await house.api.inject(asked('GET', sessions, cookie))).json().items).toEqual([])
    expect((await house.api.inject(asked('GET', time, cookie))).json().lines).toEqual([])
  })

  it('and billing sees that a command ran, not which', async () => {
    const house = installed()
    const commandFor = async (person: 'billing' | 'auditor') => {
      const answer = await house.api.inject(
        asked('GET', `/sessions/${house.sessions.ended}`, await house.signIn(person)),
      )
      return answer.json().channelList[1]
    }
    expect(await commandFor('auditor')).toMatchObject({ kind: 'exec', command: 'uptime' })
    expect(await commandFor('billing')).toMatchObject({ kind: 'exec', command: null })
  })
})

/** The statement of acme for October. */
async function closedMonth({ stores, clients }: Installation): Promise<string> {
  const [closed] = await stores.statements.list({ client: 'acme' })
  if (closed !== undefined) return closed.id
  const terms = contractTerms.parse({ packageMinutes: 300, rateMinorPerHour: 200_000, currency: 'RUB' })
  await stores.contracts.enter('acme', { validFrom: '2026-10-01', terms }, 'test')
  const october = { client: clients.acme, month: '2026-10', asOf: new Date('2026-11-01T00:00:00Z') }
  await closeMonth(stores, october, { accept: false, actor: 'test' })
  return (await stores.statements.list({ client: 'acme' }))[0]!.id
}

/** A key of acme in this state, whatever went before. */
async function freshKey({ stores, clients }: Installation, state: 'active' | 'paused'): Promise<void> {
  const { supportKeys } = stores
  const current = await supportKeys.current(clients.acme.id)
  if (current !== undefined && current.state !== 'revoked') await supportKeys.move(clients.acme.id, 'revoke', 'test')
  await supportKeys.issue(clients.acme.id, somePublicKey(), Buffer.from('sealed'), 'test')
  if (state === 'paused') await supportKeys.move(clients.acme.id, 'pause', 'test')
}

/** ACME-1 in this status, whatever went before. */
async function firstTask({ stores: { tasks }, clock }: Installation, status: TaskStatus): Promise<void> {
  const first = { clientSlug: 'acme', sequence: 1 }
  const about = { clientSlug: 'acme', kind: 'request', title: 'work', note: '', estimateMinutes: undefined } as const
  const task = (await tasks.byName(first)) ?? (await tasks.add({ ...about, raisedAt: clock.now() }, 'test'))
  if (task.status !== status) await tasks.move(first, status === 'closed' ? 'close' : 'reopen', 'test')
}
