import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { figures, type Figure } from './figure.ts'
import type { Peer } from './peers.ts'
import { interleaved } from './samples.ts'
import { sshArguments, startClient, startSsh, untilSaid } from './ssh-client.ts'

const MB = 1e6
/** One line of a flood; the target's terminal makes its newline two bytes. */
const LINE = 'The quick brown fox jumps over the lazy dog; the gateway writes down every hop of it.'

/** Bytes of a command's output, by a pipe to `wc`: nothing of them passes through us. */
export async function measureDownload(peers: readonly Peer[], bytes: number, repetitions: number): Promise<Figure[]> {
  const samples = await interleaved(peers, repetitions, async (peer) => {
    const command = `echo READY >&2; exec head -c ${bytes} /dev/zero`
    await using client = startClient('sh', ['-c', '{ ssh "$@" | wc -c; } 2>&1', 'sh', ...sshArguments(peer, command)])
    await untilSaid(client.output, 'READY\n')
    return await rateOf(client, bytes)
  })
  return figures('download', 'MB/s', samples)
}

/** Bytes piped into a command. */
export async function measureUpload(peers: readonly Peer[], bytes: number, repetitions: number): Promise<Figure[]> {
  const samples = await interleaved(peers, repetitions, async (peer) => {
    const feed = `{ read -r go; exec head -c ${bytes} /dev/zero; } | ssh "$@"`
    await using client = startClient('sh', ['-c', feed, 'sh', ...sshArguments(peer, 'echo READY; exec wc -c')])
    await untilSaid(client.output, 'READY\n')
    client.input.end('go\n')
    return await rateOf(client, bytes)
  })
  return figures('upload', 'MB/s', samples)
}

/** `cat` of a text on a terminal, from its first byte to its last. */
export async function measureFlood(peers: readonly Peer[], bytes: number, repetitions: number): Promise<Figure[]> {
  const lines = Math.ceil(bytes / (LINE.length + 2))
  await using text = await textFile(lines)
  const samples = await interleaved(peers, repetitions, async (peer) => {
    await using client = startSsh(peer, `exec cat ${text.path}`, true)
    let came = 0
    let since = 0
    client.output.on('data', (chunk: Buffer) => {
      since ||= performance.now()
      came += chunk.length
    })
    await client.succeeded
    const seconds = (performance.now() - since) / 1000
    if (came < lines * (LINE.length + 2)) throw new Error(`${peer.name} lost a part of the flood`)
    return came / MB / seconds
  })
  return figures('terminal flood', 'MB/s', samples)
}

/** On the target, which is this machine: a program that makes the text would take the processor from everybody. */
async function textFile(lines: number): Promise<AsyncDisposable & { readonly path: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'gatebook-bench-'))
  const path = join(directory, 'text')
  await writeFile(path, `${LINE}\n`.repeat(lines))
  return { path, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) }
}

/** MB/s from now until the client says how many bytes have come; they must be all. */
async function rateOf(client: ReturnType<typeof startClient>, bytes: number): Promise<number> {
  const since = performance.now()
  await untilSaid(client.output, `${bytes}\n`)
  const seconds = (performance.now() - since) / 1000
  await client.succeeded
  return bytes / MB / seconds
}
