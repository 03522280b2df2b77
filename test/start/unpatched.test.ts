import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Protocol from 'ssh2/lib/protocol/Protocol.js'
import { expect, it, onTestFinished } from 'vitest'
import { systemClock } from '#gateway/clock.ts'
import { parseConfig } from '#gateway/config.ts'
import { startGateway } from '#gateway/start/start-gateway.ts'

it('a gateway does not start on an ssh2 that lacks our repairs, and says what to do', async () => {
  const repairs = Object.getOwnPropertyDescriptors(Protocol.prototype)
  Reflect.deleteProperty(Protocol.prototype, 'sendMessage')
  onTestFinished(() => void Object.defineProperties(Protocol.prototype, repairs))
  const starting = startGateway({
    config: parseConfig({
      GATEBOOK_DATA: join(tmpdir(), 'gatebook-never-made'),
      DATABASE_URL: 'postgres://127.0.0.1:1/none',
    }),
    clock: systemClock,
    version: '0.0.0-test',
    pagesDirectory: tmpdir(),
    openLocalShell: () => Promise.reject(new Error('nobody asks')),
    log: () => {},
  })
  await expect(starting).rejects.toMatchObject({
    code: 'installation',
    message: 'the installed ssh2 lacks the repairs of patches/',
    hint: expect.stringContaining('npm ci'),
  })
})
