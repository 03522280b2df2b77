import { figures, type Figure } from './figure.ts'
import type { Peer } from './peers.ts'
import { interleaved } from './samples.ts'
import { startSsh } from './ssh-client.ts'

/** `ssh … true`, from its start to its end. */
export async function measureSetup(peers: readonly Peer[], repetitions: number): Promise<Figure[]> {
  const samples = await interleaved(peers, repetitions, async (peer) => {
    const since = performance.now()
    await using client = startSsh(peer, 'true')
    await client.succeeded
    return performance.now() - since
  })
  return [...figures('setup p50', 'ms', samples), ...figures('setup p95', 'ms', samples, 95)]
}
