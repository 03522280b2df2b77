import type { Readable } from 'node:stream'
import type { Peer } from './peers.ts'
import { startSsh, untilSaid, type Client } from './ssh-client.ts'

/** What the target runs: gives back each byte that is typed. */
const ECHOING = 'stty raw -echo; printf READY; exec cat'

/** A terminal on the target whose keys come back one by one. */
export interface RemoteTerminal extends AsyncDisposable {
  /** Presses a key; milliseconds until it is back. */
  press(key: string): Promise<number>
}

export async function openRemoteTerminal(peer: Peer): Promise<RemoteTerminal> {
  const client: Client = startSsh(peer, ECHOING, true)
  await untilSaid(client.output, 'READY')
  client.output.resume()
  return {
    async press(key) {
      const since = performance.now()
      client.input.write(key)
      await nextChunk(client.output)
      return performance.now() - since
    },
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  }
}

function nextChunk(output: Readable): Promise<void> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error('the terminal closed'))
    output.once('end', ended)
    output.once('data', () => {
      output.off('end', ended)
      resolve()
    })
  })
}
