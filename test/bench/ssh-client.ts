import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import type { Peer } from './peers.ts'

/** Arguments of the OpenSSH client that run a command on the target. */
export function sshArguments(peer: Peer, command: string, terminal = false): string[] {
  return ['-F', peer.config, ...(terminal ? ['-tt'] : []), peer.name, command]
}

/** A running program; it ends with its scope. */
export interface Client extends AsyncDisposable {
  readonly input: Writable
  readonly output: Readable
  /** Resolves at its end; rejects where its status is not 0. */
  readonly succeeded: Promise<void>
}

/** Starts a program whose stdin and stdout we hold; in our own environment unless another is given. */
export function startClient(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Client {
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env,
  })
  const exited = once(child, 'exit')
  // What is written to a client that has gone is lost, as it would be at a terminal.
  child.stdin.on('error', () => {})
  const succeeded = exited.then(([status]) => {
    if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with status ${status}`)
  })
  // Whoever ends a client before its time does not ask how it ended.
  succeeded.catch(() => {})
  return {
    input: child.stdin,
    output: child.stdout,
    succeeded,
    async [Symbol.asyncDispose]() {
      child.kill()
      await exited
    },
  }
}

/** Starts `ssh` to the target by one way. */
export function startSsh(peer: Peer, command: string, terminal = false): Client {
  return startClient('ssh', sshArguments(peer, command, terminal))
}

/** Reads until `text` has come, and leaves the stream paused behind it. Rejects where it ends before. */
export function untilSaid(output: Readable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    const ended = () => reject(new Error(`it ended before it said ${text}, after ${JSON.stringify(said)}`))
    const take = (chunk: Buffer) => {
      said += chunk.toString('latin1')
      const at = said.indexOf(text)
      if (at < 0) return
      output.off('data', take).off('end', ended).pause()
      // On a busy machine what comes next may have come with it.
      const rest = said.slice(at + text.length)
      if (rest !== '') output.unshift(Buffer.from(rest, 'latin1'))
      resolve()
    }
    output.on('data', take).on('end', ended)
  })
}
