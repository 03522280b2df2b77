import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { writeJumpConfig } from './jump-config.ts'
import type { Reachable } from './reachable.ts'
import { sshArguments } from './ssh.ts'

export type EitherWay = 'plain' | '-J'

/** What is started with `ssh` on `web1.acme`: through its name as user name, or inside `-J bastion`. */
export async function startEitherWay(
  { gateway, sshd }: Reachable,
  way: EitherWay,
  { options, command, environment = {} }: Started,
): Promise<ChildProcessWithoutNullStreams> {
  const told = ['-o', 'LogLevel=INFO', ...options]
  const jump = async () => ['-F', await writeJumpConfig(gateway, gateway.keyFile), '-J', 'bastion', ...told]
  const arguments_ =
    way === 'plain'
      ? sshArguments(gateway, 'web1.acme', [...told, '--', command])
      : [...(await jump()), `${sshd.login}@web1.acme`, command]
  return spawn('ssh', arguments_, { env: { ...process.env, ...environment } })
}

export interface Started {
  readonly options: readonly string[]
  readonly command: string
  readonly environment?: Readonly<Record<string, string>>
}

/** An `ssh` that runs, with all its forwards; it ends with the block. */
export interface RunningSsh extends AsyncDisposable {
  /** All that it said on stderr so far. */
  readonly errors: () => string
}

export async function forwarding(world: Reachable, way: EitherWay, ...options: string[]): Promise<RunningSsh> {
  const child = await startEitherWay(world, way, { options, command: 'echo up; cat' })
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  // ssh asks for its forwards before it asks for a shell.
  await once(child.stdout, 'data')
  return {
    errors: () => errors,
    async [Symbol.asyncDispose]() {
      child.stdin.end()
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}
