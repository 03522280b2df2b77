import { build } from 'esbuild'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { secureHeaders } from '#gateway/api/secure-headers.ts'
import { index, segments } from './segmented-recording.ts'

/** A server with one page that holds the player as the pages ship it, and one recording. */
export interface PlayerStand extends AsyncDisposable {
  readonly url: string
  /** Paths below `/recording/`, in the order they were asked for. */
  readonly asked: string[]
  /** From now on this path below `/recording/` is answered with a 500. */
  breakPath(path: string): void
}

const page = `<!doctype html><link rel="icon" href="data:,"><link rel="stylesheet" href="/player.css">
<div id="screen" style="width: 600px; height: 200px"></div><script src="/player.js"></script>`

export async function startPlayerStand(): Promise<PlayerStand> {
  const files = new Map([['/', { type: 'text/html', text: page }], ...(await playerFiles())])
  const asked: string[] = []
  const broken = new Set<string>()
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    const headers = secureHeaders(path)
    const file = files.get(path)
    if (file !== undefined) return response.writeHead(200, { ...headers, 'content-type': file.type }).end(file.text)
    const below = path.replace('/recording/', '')
    asked.push(below)
    return broken.has(below) ? response.writeHead(500).end() : sendRecording(response, below)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked,
    breakPath: (path) => void broken.add(path),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function sendRecording(response: ServerResponse, path: string): void {
  const found = path === 'index' ? index : segments[Number(path.replace('segment/', ''))]
  response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(found ?? {}))
}

/** The pages' own way to the player, bundled for the browser; its exports are the global `pagesPlayer`. */
async function playerFiles(): Promise<[string, { type: string; text: string }][]> {
  const { outputFiles } = await build({
    stdin: {
      contents: `import 'asciinema-player/dist/bundle/asciinema-player.css'
        export { createSegmentedPlayer } from './replay-ui/player/segmented-player.ts'`,
      resolveDir: process.cwd(),
    },
    outfile: '/player.js',
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'pagesPlayer',
    platform: 'browser',
  })
  const typeOf = (path: string) => (path.endsWith('.css') ? 'text/css' : 'text/javascript')
  return outputFiles.map(({ path, text }) => [path, { type: typeOf(path), text }])
}
