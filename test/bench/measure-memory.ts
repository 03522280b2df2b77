import { setTimeout as sleep } from 'node:timers/promises'
import { figures, type Figure } from './figure.ts'
import { residentKb } from './gateway-process.ts'
import type { Peer } from './peers.ts'
import { openRemoteTerminal, type RemoteTerminal } from './remote-terminal.ts'
import { stalledClient } from './stalled-client.ts'

/** Clients that connect at the same time. */
const AT_ONCE = 8
const SETTLE_MS = 1000
const LOOK_MS = 50

/** Resident memory that the gateway's process grows by, for each terminal that is open and says nothing. */
export async function measureIdleMemory(peers: readonly Peer[], sessions: number): Promise<Figure[]> {
  const samples = new Map<string, number[]>()
  for (const peer of peers) {
    const { gateway } = peer
    if (gateway === undefined) continue
    const terminals: RemoteTerminal[] = []
    try {
      // The first ones warm up what all share.
      await openMore(peer, terminals, Math.ceil(sessions / 5))
      const before = await residentKb(gateway.pid)
      await openMore(peer, terminals, sessions)
      samples.set(peer.name, [((await residentKb(gateway.pid)) - before) / sessions])
    } finally {
      await Promise.all(terminals.map((terminal) => terminal[Symbol.asyncDispose]()))
    }
  }
  return figures('memory per idle session', 'KB', samples)
}

/** The most that the gateway's process grows by, beside a client that lets 4 GiB come and then reads nothing. */
export async function measureStalledMemory(peers: readonly Peer[], stallMs: number): Promise<Figure[]> {
  const samples = new Map<string, number[]>()
  for (const { name, gateway } of peers) {
    if (gateway === undefined) continue
    const before = await residentKb(gateway.pid)
    let most = before
    using _client = await stalledClient(gateway, 'exec cat /dev/zero')
    for (const end = performance.now() + stallMs; performance.now() < end; await sleep(LOOK_MS)) {
      most = Math.max(most, await residentKb(gateway.pid))
    }
    samples.set(name, [(most - before) / 1000])
  }
  return figures('memory under a stalled client', 'MB', samples)
}

async function openMore(peer: Peer, terminals: RemoteTerminal[], count: number): Promise<void> {
  for (let left = count; left > 0; left -= AT_ONCE) {
    const few = Array.from({ length: Math.min(AT_ONCE, left) }, () => openRemoteTerminal(peer))
    for (const terminal of await Promise.allSettled(few)) {
      if (terminal.status === 'rejected') throw terminal.reason
      terminals.push(terminal.value)
    }
  }
  await sleep(SETTLE_MS)
}
