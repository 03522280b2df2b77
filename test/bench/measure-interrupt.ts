import { setTimeout as sleep } from 'node:timers/promises'
import { spawn } from '@lydell/node-pty'
import { figures, type Figure } from './figure.ts'
import type { Peer } from './peers.ts'
import { interleaved } from './samples.ts'
import { sshArguments } from './ssh-client.ts'

/** What a fast terminal emulator draws. */
const BYTES_PER_MS = 5000
const CTRL_C = '\x03'
const FLOOD = 'exec yes 0123456789abcdefghijklmnopqrstuvwxyz0123456789'

/** Ctrl+C on a terminal that a program floods, until the last of its output is drawn. */
export async function measureInterrupt(
  peers: readonly Peer[],
  floodMs: number,
  repetitions: number,
): Promise<Figure[]> {
  const samples = await interleaved(peers, repetitions, (peer) => interrupt(peer, floodMs))
  return figures('Ctrl+C to silence', 'ms', samples)
}

/** A real terminal of this side, because what its buffers hold is part of the wait. */
function interrupt(peer: Peer, floodMs: number): Promise<number> {
  const terminal = spawn('ssh', sshArguments(peer, FLOOD, true), { encoding: null })
  let came = 0
  let began = 0
  let pressed = 0
  let last = 0
  // node-pty types what it gives as text, whatever the encoding.
  terminal.onData((chunk: string | Buffer) => {
    last = performance.now()
    began ||= last
    came += chunk.length
    if (pressed === 0 && last - began > floodMs) {
      pressed = last
      terminal.write(CTRL_C)
    }
    const aheadMs = came / BYTES_PER_MS - (last - began)
    if (aheadMs < 1) return
    terminal.pause()
    void sleep(aheadMs).then(() => terminal.resume())
  })
  return new Promise((resolve, reject) => {
    terminal.onExit(() => {
      if (pressed === 0) reject(new Error(`${peer.name} ended before Ctrl+C`))
      else resolve(last - pressed)
    })
  })
}
