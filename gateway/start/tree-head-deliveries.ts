import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open } from 'node:fs/promises'

/** Takes one tree head to one place outside of the database. Throws a message without secrets. */
export type Delivery = (statement: string, signal: AbortSignal) => Promise<void>

const WEBHOOK_MS_MAX = 10_000
const COMMAND_MS_MAX = 30_000
/** Characters of what a command says about its failure. */
const SAID_MAX = 200
/** What a command finds programs by; the gateway's own environment has secrets in it. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** A line behind the others, on the disk before it counts; never over what is there. */
export function deliveryToFile(path: string): Delivery {
  return async (statement) => {
    const file = await open(path, 'a+', 0o644)
    try {
      const { size } = await file.stat()
      const last = Buffer.alloc(1)
      if (size > 0) await file.read(last, 0, 1, size - 1)
      // A line that a crash tore must not take the next one with it.
      const begin = size > 0 && last.toString() !== '\n' ? '\n' : ''
      await file.appendFile(`${begin}${statement}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
  }
}

/** POST of the JWS (RFC 7515 §9.2.1); any status of the 200s takes it. */
export function deliveryToWebhook(url: string): Delivery {
  return async (statement, signal) => {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/jose' },
      body: statement,
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(WEBHOOK_MS_MAX)]),
    }).catch((error: unknown) => {
      // Its own message may name the address, in which there may be a secret.
      const { cause } = error as Error
      throw new Error(cause instanceof Error && 'code' in cause ? String(cause.code) : 'no answer')
    })
    await answer.body?.cancel()
    if (!answer.ok) throw new Error(`it answered with status ${answer.status}`)
  }
}

/** By the shell, with the JWS and a line end on its stdin; exit status 0 takes it. */
export function deliveryToCommand(command: string): Delivery {
  return async (statement, signal) => {
    const child = spawn('/bin/sh', ['-c', command], {
      env: { PATH },
      stdio: ['pipe', 'ignore', 'pipe'],
      // A process group of its own, so that what the shell has begun ends with it.
      detached: true,
    })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(0, SAID_MAX)))
    // It need not read what it is given.
    child.stdin.on('error', () => undefined)
    child.stdin.end(`${statement}\n`)
    const limit = AbortSignal.any([signal, AbortSignal.timeout(COMMAND_MS_MAX)])
    limit.addEventListener('abort', () => endGroup(child.pid), { once: true })
    if (limit.aborted) endGroup(child.pid)
    const [status] = (await once(child, 'exit')) as [number | null]
    child.stderr.destroy()
    if (limit.aborted) throw new Error('it did not end in time')
    if (status !== 0) throw new Error(`it ended with status ${status ?? 'none'}: ${said.trim()}`)
  }
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
