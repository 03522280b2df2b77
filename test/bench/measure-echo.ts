import { setTimeout as sleep } from 'node:timers/promises'
import { figures, type Figure } from './figure.ts'
import type { Peer } from './peers.ts'
import { openRemoteTerminal, type RemoteTerminal } from './remote-terminal.ts'
import { rotated, type Samples } from './samples.ts'
import { startSsh, untilSaid } from './ssh-client.ts'

/** A fast typist with key repeat. */
const KEY_MS = 1000 / 30
const WARM_UP_KEYS = 10

/** A key pressed until it is back, all peers in turn for each key. */
export async function measureEcho(peers: readonly Peer[], keys: number): Promise<Figure[]> {
  const terminals = new Map<string, RemoteTerminal>()
  try {
    for (const peer of peers) terminals.set(peer.name, await openRemoteTerminal(peer))
    const samples = await typed([...terminals], keys)
    return [...figures('echo p50', 'ms', samples), ...figures('echo p99', 'ms', samples, 99)]
  } finally {
    for (const terminal of terminals.values()) await terminal[Symbol.asyncDispose]()
  }
}

/** The same while another session by the same way downloads as fast as it can. */
export async function measureEchoBesideTransfer(peers: readonly Peer[], keys: number): Promise<Figure[]> {
  const samples = new Map<string, number[]>()
  // In turns, because the transfers would be beside each other; twice, so that nobody is always last.
  for (const round of [0, 1]) {
    for (const peer of rotated(peers, round)) {
      await using terminal = await openRemoteTerminal(peer)
      await using transfer = startSsh(peer, 'printf READY; exec cat /dev/zero')
      await untilSaid(transfer.output, 'READY')
      transfer.output.resume()
      const pressed = await typed([[peer.name, terminal]], Math.ceil(keys / 2))
      samples.set(peer.name, [...(samples.get(peer.name) ?? []), ...(pressed.get(peer.name) ?? [])])
      await transfer[Symbol.asyncDispose]()
      await peer.gateway?.settled()
    }
  }
  return [
    ...figures('echo beside a transfer p50', 'ms', samples),
    ...figures('echo beside a transfer p99', 'ms', samples, 99),
  ]
}

async function typed(terminals: readonly (readonly [string, RemoteTerminal])[], keys: number): Promise<Samples> {
  const samples = new Map(terminals.map(([name]) => [name, [] as number[]]))
  for (let key = -WARM_UP_KEYS; key < keys; key++) {
    for (const [name, terminal] of rotated(terminals, key + WARM_UP_KEYS)) {
      const tookMs = await terminal.press('x')
      if (key >= 0) samples.get(name)?.push(tookMs)
    }
    await sleep(KEY_MS)
  }
  return samples
}
