import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sampleAccess } from '#test/storage/sample-access.ts'
import { installation } from './installation.ts'

describe('gatebook audit', () => {
  let home: Awaited<ReturnType<typeof installation>>
  beforeAll(async () => {
    home = await installation()
    await sampleAccess(home.database)
    await home.gatebook(['task', 'add', 'acme', 'Renew the certificate'])
    await home.gatebook(['task', 'close', 'acme-1'])
  })
  afterAll(() => home[Symbol.asyncDispose]())

  const last = (text: string) => text.trimEnd().split('\n').at(-1)

  it('prints who did what, oldest first', async () => {
    const { out, status } = await home.gatebook('audit --client acme')
    expect(status).toBe(0)
    expect(last(out)).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ {2}operator {2}task\.close {2}task:ACME-1$/)
    expect(out.indexOf('task.add')).toBeLessThan(out.indexOf('task.close'))
  })

  it('narrows to an action or its beginning, and to the newest', async () => {
    expect((await home.gatebook('audit --action task.')).out.split('\n')).toHaveLength(3)
    expect((await home.gatebook('audit --limit 1')).out).toContain('task.close')
    expect(await home.gatebook('audit --actor staff:nobody')).toMatchObject({
      out: '',
      err: 'gatebook: there is nothing to list\n',
    })
    const [event, ...others] = (await home.json('audit --action task.close')) as object[]
    expect(others).toEqual([])
    expect(event).toEqual({
      id: expect.stringMatching(/^\d+$/),
      at: expect.stringMatching(/Z$/),
      actor: 'operator',
      action: 'task.close',
      subject: 'task:ACME-1',
      client: 'acme',
      detail: {},
    })
  })

  it('--follow goes on with what comes, until it is interrupted', async () => {
    const interruption = new AbortController()
    let out = ''
    const output = new Writable({
      write(chunk, _encoding, done) {
        out += String(chunk)
        interruption.abort()
        done()
      },
    })
    const following = home.gatebook('audit --follow --json --action task.reopen', {
      parts: { output, interruption: () => interruption.signal },
    })
    await home.gatebook('task reopen acme-1')
    expect((await following).status).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ action: 'task.reopen', subject: 'task:ACME-1' })
  })

  it('shows escape sequences in a name as text', async () => {
    const name = 'red \u009b31m \u001b[31m'
    await home.stores.auditTrail.add({ actor: 'operator', action: 'test.name', subject: name, detail: { name } })
    const { out } = await home.gatebook('audit --action test.name')
    expect(out).toContain('red')
    expect([out.includes('\u009b'), out.includes('\u001b')]).toEqual([false, false])
  })
})
