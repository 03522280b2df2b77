import type { Figure } from './figure.ts'
import { measureAnsible } from './measure-ansible.ts'
import { measureDownload, measureFlood, measureUpload } from './measure-bulk.ts'
import { measureEcho, measureEchoBesideTransfer } from './measure-echo.ts'
import { measureInterrupt } from './measure-interrupt.ts'
import { measureIdleMemory, measureStalledMemory } from './measure-memory.ts'
import { measureSetup } from './measure-setup.ts'
import type { Peer } from './peers.ts'

/** How much is measured. Bytes are of one transfer; repetitions come after one to warm up. */
export interface BenchSize {
  readonly setups: number
  readonly keys: number
  readonly transferBytes: number
  readonly floodBytes: number
  readonly transfers: number
  readonly interrupts: number
  readonly floodMs: number
  readonly idleSessions: number
  readonly stallMs: number
  readonly playbooks: number
  readonly playbookTasks: number
}

/** What can be measured alone, in the order of a whole run. */
export const measurements = {
  setup: (peers, { setups }) => measureSetup(peers, setups),
  echo: (peers, { keys }) => measureEcho(peers, keys),
  'echo-beside-transfer': (peers, { keys }) => measureEchoBesideTransfer(peers, keys),
  download: (peers, { transferBytes, transfers }) => measureDownload(peers, transferBytes, transfers),
  upload: (peers, { transferBytes, transfers }) => measureUpload(peers, transferBytes, transfers),
  flood: (peers, { floodBytes, transfers }) => measureFlood(peers, floodBytes, transfers),
  interrupt: (peers, { floodMs, interrupts }) => measureInterrupt(peers, floodMs, interrupts),
  'idle-memory': (peers, { idleSessions }) => measureIdleMemory(peers, idleSessions),
  'stalled-memory': (peers, { stallMs }) => measureStalledMemory(peers, stallMs),
  ansible: (peers, { playbookTasks, playbooks }) => measureAnsible(peers, playbookTasks, playbooks),
} satisfies Record<string, (peers: readonly Peer[], size: BenchSize) => Promise<Figure[]>>

export type Measurement = keyof typeof measurements

export const measurementNames = Object.keys(measurements) as Measurement[]

/** Measures one thing after another; `tell` hears each figure as soon as there is one. */
export async function runBench(
  peers: readonly Peer[],
  size: BenchSize,
  only: readonly Measurement[],
  tell: (figure: Figure) => void,
): Promise<Figure[]> {
  const all: Figure[] = []
  for (const name of only) {
    for (const figure of await measurements[name](peers, size)) {
      all.push(figure)
      tell(figure)
    }
  }
  return all
}
