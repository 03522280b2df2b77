import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { TreeHeadPublication } from '#gateway/start/tree-head-publication.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gatebook-heads-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const nowhere = { treeHeadFile: undefined, treeHeadWebhook: undefined, treeHeadCommand: undefined }

/** A witness on the web that answers with these statuses, and at last with 204. */
async function witness(...statuses: number[]) {
  const heard: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      heard.push(`${request.headers['content-type']} ${body}`)
      response.writeHead(statuses.shift() ?? 204).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { heard, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-path` }
}

describe('tree heads', () => {
  it('are appended to a file, behind what is there, also behind a line that was torn', async () => {
    const treeHeadFile = join(directory, 'heads')
    await writeFile(treeHeadFile, 'before\ntorn')
    const publication = new TreeHeadPublication({ ...nowhere, treeHeadFile }, () => {})
    publication.publish('one')
    await publication.close()
    const again = new TreeHeadPublication({ ...nowhere, treeHeadFile }, () => {})
    again.publish('two')
    await again.close()
    expect(await readFile(treeHeadFile, 'utf8')).toBe('before\ntorn\none\ntwo\n')
  })

  it('reach a webhook when it answers again, the newest for all, and the log names no address', async () => {
    const { heard, url } = await witness(500)
    const logged: string[] = []
    const publication = new TreeHeadPublication({ ...nowhere, treeHeadWebhook: url }, (line) => logged.push(line))
    publication.publish('one')
    await expect.poll(() => logged).toEqual(['tree heads do not reach the webhook: it answered with status 500'])
    expect(publication.behind).toBe(1)
    publication.publish('two')
    publication.publish('three')
    await expect.poll(() => publication.behind, { timeout: 10_000 }).toBe(0)
    expect(heard).toEqual(['application/jose one', 'application/jose three'])
    expect(logged.at(-1)).toBe('tree heads reach the webhook again')
    await publication.close()
  })

  it('that nobody takes keep nobody waiting, and are tried once more at the end', async () => {
    const { server, url } = await witness()
    server.close()
    const logged: string[] = []
    const publication = new TreeHeadPublication({ ...nowhere, treeHeadWebhook: url }, (line) => logged.push(line))
    publication.publish('one')
    await expect.poll(() => logged).toEqual(['tree heads do not reach the webhook: ECONNREFUSED'])
    await publication.close()
    expect(publication.behind).toBe(1)
    expect(logged.join()).not.toContain('secret-path')
  })

  it('are given to a command on its stdin, which sees nothing of our environment', async () => {
    const result = join(directory, 'result')
    const command = `cat > '${result}'; env >> '${result}'`
    const publication = new TreeHeadPublication({ ...nowhere, treeHeadCommand: command }, () => {})
    publication.publish('one')
    await publication.close()
    const [head, ...environment] = (await readFile(result, 'utf8')).trim().split('\n')
    expect(head).toBe('one')
    expect(
      environment.map((line) => line.split('=')[0]).filter((name) => !['PWD', 'SHLVL', '_'].includes(name!)),
    ).toEqual(['PATH'])
  })

  it('that a command refuses are told with what it said', async () => {
    const logged: string[] = []
    const command = 'echo the tape is full >&2; exit 3'
    const publication = new TreeHeadPublication({ ...nowhere, treeHeadCommand: command }, (line) => logged.push(line))
    publication.publish('one')
    await expect
      .poll(() => logged)
      .toEqual(['tree heads do not reach the command: it ended with status 3: the tape is full'])
    await publication.close()
  })
})
