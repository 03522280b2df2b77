import { expect, it } from 'vitest'
import { addOutput } from './recorded-session.ts'
import { type Installation, installation, type Person } from './installation.ts'

/** Somebody who watches the live session over a real connection: what he is sent, piece by piece. */
async function watch(house: Installation, person: Person) {
  if (!house.api.server.listening) await house.api.listen({ host: '127.0.0.1', port: 0 })
  const address = house.api.server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/sessions/${house.sessions.live}/channels/0/live`, {
    headers: { cookie: `gatebook_session=${await house.signIn(person)}` },
  })
  let text = ''
  const ended = (async () => {
    for await (const piece of answer.body ?? []) text += Buffer.from(piece).toString()
  })().catch(() => 'cut off')
  const sends = (words: string) => expect.poll(() => text, { timeout: 5000, interval: 20 }).toContain(words)
  return { answer, ended, sends, sent: () => text }
}

it('a live channel is sent as it is and as it goes on, until the gateway stops', async () => {
  const house = await installation()
  const watchers = [await watch(house, 'auditor'), await watch(house, 'colleague')]
  for (const { answer, sends } of watchers) {
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/)
    await sends('notes')
  }
  await addOutput(house.stores, house.sessions.live, 'more of it')
  for (const { sends } of watchers) await sends('"o","more of it"]')
  const trail = await house.stores.auditTrail.list({ limit: 10 })
  expect(trail.filter(({ action }) => action === 'session.view').map(({ actor }) => actor)).toEqual([
    'staff:colleague',
    'staff:auditor',
  ])
  // It would wait for ever for whoever watches.
  await house[Symbol.asyncDispose]()
  for (const { ended } of watchers) await ended
})

it('ends for who may not watch any more', async () => {
  await using house = await installation()
  const leaving = await watch(house, 'auditor')
  const staying = await watch(house, 'admin')
  for (const { sends } of [leaving, staying]) await sends('notes')
  await house.stores.staff.setDisabled('auditor', true, 'test')
  await leaving.ended
  await addOutput(house.stores, house.sessions.live, 'secret')
  await staying.sends('secret')
  expect(leaving.sent()).not.toContain('secret')
})
