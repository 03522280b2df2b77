import { expect, it } from 'vitest'
import { filePage } from '#shared/api.ts'
import { asked, installation } from './installation.ts'
import { addFiles } from './recorded-session.ts'

it('the files of a session come page by page, each once, with what is known of them', async () => {
  await using house = await installation()
  const { ended } = house.sessions
  const hash = 'ab'.repeat(32)
  await addFiles(house.stores, ended, [
    { operation: 'transfer', direction: 'upload', path: '/srv/x', bytes: 5, sha256: hash, result: 'ok' },
    {
      operation: 'rename',
      path: '/a',
      newPath: Buffer.from('/caf\xe9', 'latin1'),
      result: 'failed',
      note: 'no such file',
    },
    { operation: 'transfer', direction: 'download', path: '/big', bytes: 1 },
    { operation: 'unread', result: 'unread', note: 'a packet of 0 bytes is no SFTP' },
  ])
  const cookie = await house.signIn('auditor')
  const page = async (query: string) => {
    const answer = await house.api.inject(asked('GET', `/sessions/${ended}/files${query}`, cookie))
    return filePage.parse(answer.json())
  }
  const nothing = { direction: null, path: null, pathBytes: null, newPath: null, newPathBytes: null, bytes: null }
  const rest = { ...nothing, channel: 2, sha256: null, note: null }
  const first = await page('?limit=2')
  expect(first).toEqual({
    items: [
      {
        ...rest,
        number: 0,
        atUs: 70_000_000,
        endedUs: 70_000_000,
        operation: 'transfer',
        direction: 'upload',
        path: '/srv/x',
        bytes: 5,
        sha256: hash,
        result: 'ok',
      },
      {
        ...rest,
        number: 1,
        atUs: 71_000_000,
        endedUs: 71_000_000,
        operation: 'rename',
        path: '/a',
        newPath: '/caf\uFFFD',
        newPathBytes: Buffer.from('/caf\xe9', 'latin1').toString('base64'),
        result: 'failed',
        note: 'no such file',
      },
    ],
    nextCursor: '2-1',
  })
  const last = await page(`?limit=2&cursor=${first.nextCursor}`)
  expect(last).toMatchObject({
    items: [
      { number: 2, endedUs: null, result: null },
      { number: 3, operation: 'unread', path: null, note: 'a packet of 0 bytes is no SFTP' },
    ],
    nextCursor: null,
  })
  expect((await page('')).items).toEqual([...first.items, ...last.items])
  const wrong = await house.api.inject(asked('GET', `/sessions/${ended}/files?cursor=x`, cookie))
  expect(wrong.statusCode).toBe(400)
})
