import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gatewayProcess } from '#test/harness/gateway-process.ts'
import { testGateway, type TestGateway } from '#test/harness/gateway.ts'

describe('gatebook start', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await testGateway()
  })
  afterAll(() => gateway[Symbol.asyncDispose]())
  const environment = () => ({
    DATABASE_URL: gateway.database.url,
    GATEBOOK_DATA: join(gateway.directory, 'data'),
  })

  /** What it says before it ends by itself. */
  async function complaint(settings: Record<string, string> = {}): Promise<string> {
    const started = gatewayProcess({ environment: { ...environment(), ...settings } })
    const error = await started.then(
      () => new Error('it started'),
      (cause: unknown) => cause as Error,
    )
    return error.message.replace('gatebook ended: ', '')
  }

  it('says that another gateway has the data directory', async () => {
    expect(await complaint()).toMatch(/^gatebook: a gateway runs on \S+ already \(process \d+\); .*GATEBOOK_DATA.*\n$/)
  })

  it('says that the data directory cannot be made', async () => {
    const place = join(gateway.directory, 'a file')
    await writeFile(place, '')
    expect(await complaint({ GATEBOOK_DATA: join(place, 'data') })).toMatch(
      /^gatebook: cannot use the data directory .*a file.*; .*GATEBOOK_DATA.*\n$/,
    )
  })

  it('says that the master key is another than the one that sealed what is stored', async () => {
    await gateway.close()
    await writeFile(join(gateway.directory, 'wrong.key'), randomBytes(32), { mode: 0o600 })
    const said = await complaint({ GATEBOOK_MASTER_KEY_FILE: join(gateway.directory, 'wrong.key') })
    expect(said.trimEnd().split('\n')).toHaveLength(1)
    expect(said).toMatch(/^gatebook: .*master key.*; /)
  })
})
