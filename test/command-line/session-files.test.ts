import { expect, it } from 'vitest'
import { sessionShown } from '#shared/api.ts'
import { addFiles, recordSession } from '#test/api/recorded-session.ts'
import { installation, publicKey } from './installation.ts'

it('gatebook session show lists the files of a session, whatever they are called', async () => {
  await using home = await installation()
  const { stores } = home
  await home.gatebook('staff add ivan --name Ivan --email ivan@example.org --role engineer --key -', {
    stdin: publicKey,
  })
  await home.gatebook('client add acme --name Acme --zone UTC')
  await home.gatebook('target add web1.acme --host web1')
  const staff = (await stores.staff.byLogin('ivan'))!
  const target = (await stores.targets.byName('web1', 'acme'))!
  const record = () =>
    recordSession(stores, { staff, target, startedAt: new Date('2026-11-20T20:30:00Z'), endedAfterS: 120 })
  const [id, without] = [await record(), await record()]
  const hash = '0123456789abcdef'.repeat(4)
  await addFiles(home.stores, id, [
    { operation: 'transfer', direction: 'upload', path: '/srv/x', bytes: 5, sha256: hash, result: 'ok' },
    {
      operation: 'rename',
      path: Buffer.from('/caf\xe9', 'latin1'),
      newPath: '/\x1b[2J',
      result: 'failed',
      note: 'no',
    },
    { operation: 'transfer', direction: 'download', path: '/big', bytes: 1 },
  ])
  const shown = sessionShown.parse(await home.json(`session show ${id}`))
  expect(shown.files.map(({ operation, path, result }) => [operation, path, result])).toEqual([
    ['transfer', '/srv/x', 'ok'],
    ['rename', '/caf\uFFFD', 'failed'],
    ['transfer', '/big', null],
  ])
  const { out } = await home.gatebook(`session show ${id}`)
  const lines = out.trimEnd().split('\n').slice(-4)
  expect(lines.map((line) => line.replaceAll(/ +/g, ' ').trim())).toEqual([
    'at channel what path bytes result sha256',
    `0:01:10 2 upload /srv/x 5 ok ${hash}`,
    '0:01:11 2 rename /caf\\xe9 -> /\\x1b[2J - failed: no -',
    '0:01:12 2 download /big 1 goes on -',
  ])
  expect((await home.gatebook(`session show ${without}`)).out).not.toContain('sha256')
})
