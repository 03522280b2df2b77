import { connect, createServer } from 'node:net'
import type { Config, ListenAddress } from '../../config.ts'
import { fail, type Finding, ok } from './finding.ts'

/** Milliseconds; whoever holds the port is on this machine. */
const ANSWER_MS = 2000
/** Bytes of an answer we look at. */
const ANSWER_BYTES = 4096

interface Door {
  readonly check: string
  readonly setting: string
  readonly address: ListenAddress
  /** What we say to whoever listens there, and how a gateway of ours answers. */
  readonly greeting: string
  readonly ours: RegExp
}

/** The two ports: free, or held by a gateway of ours that runs. */
export async function examinePorts(config: Config): Promise<readonly Finding[]> {
  const doors: readonly Door[] = [
    {
      check: 'SSH port',
      setting: 'GATEBOOK_SSH_LISTEN',
      address: config.sshListen,
      greeting: 'SSH-2.0-GatebookDoctor\r\n',
      ours: /^SSH-2\.0-Gatebook/,
    },
    {
      check: 'HTTP port',
      setting: 'GATEBOOK_HTTP_LISTEN',
      address: config.httpListen,
      greeting: 'GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n',
      ours: /^HTTP\/1\.[01] 200 [^]*"alive"/,
    },
  ]
  return await Promise.all(doors.map(examineDoor))
}

async function examineDoor({ check, setting, address, greeting, ours }: Door): Promise<Finding> {
  const shown = `${address.host}:${address.port}`
  const code = await tryToListen(address)
  if (code === undefined) return ok(check, `${shown} is free`)
  if (code === 'EADDRINUSE') {
    if (ours.test(await answerOf(address, greeting))) return ok(check, `a gateway of ours listens on ${shown}`)
    return fail(check, `another program listens on ${shown}`, `stop it, or set ${setting}`)
  }
  if (code === 'EACCES')
    return fail(check, `this user may not listen on ${shown}`, `set ${setting} to a port above 1023`)
  return fail(check, `cannot listen on ${shown} (${code})`, `set ${setting} to an address of this machine`)
}

/** The code of the failure; undefined where it works. */
function tryToListen({ host, port }: ListenAddress): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
}

/** What the program that listens there says first; empty where it is silent. */
function answerOf({ host, port }: ListenAddress, greeting: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect({ host: host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host, port })
    socket.setTimeout(ANSWER_MS, () => socket.destroy())
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => {
      answer += text
      if (answer.length >= ANSWER_BYTES || answer.startsWith('SSH-')) socket.destroy()
    })
    socket.on('error', () => undefined)
    socket.once('close', () => resolve(answer))
    socket.write(greeting)
  })
}
