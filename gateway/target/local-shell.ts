import { existsSync } from 'node:fs'
import { decodeChannelRequest, encodeChannelRequest, type ChannelRequest } from '../recording/channel-request.ts'
import { WINDOW_MAX, type ChannelEnd, type ChannelTalk } from '../transport/channel-end.ts'
import { openFailure, STDERR } from '../transport/message.ts'
import type { SessionLink } from '../transport/session-link.ts'
import { boolean, string, uint32, wireMessage } from '../transport/wire.ts'
import {
  startInTerminal,
  startWithPipes,
  type LocalHost,
  type LocalProcess,
  type LocalProcessEvents,
} from './local-process.ts'

/** Where Debian, Fedora, macOS and Alpine keep OpenSSH's sftp server. */
const SFTP_SERVERS = [
  '/usr/lib/openssh/sftp-server',
  '/usr/libexec/openssh/sftp-server',
  '/usr/libexec/sftp-server',
  '/usr/lib/ssh/sftp-server',
]

/** As a shell has it for a command that it cannot execute. */
const EXIT_NOT_STARTED = 126

/**
 * The demo's target: a shell on the gateway's own machine, never as root, behind the same door and
 * record as any other. It speaks RFC 4254 like a target over SSH, so nothing above knows the difference.
 */
export function openLocalShell(host: LocalHost): SessionLink {
  const channels = new Set<LocalChannel>()
  const closedListeners: (() => void)[] = []
  let open = true
  return {
    openSession(wish) {
      if (!open) return wish.refused('the local shell is closed', openFailure.connectFailed)
      const channel = new LocalChannel(wish.listener, wish.inWindow, { host, gone: () => channels.delete(channel) })
      channels.add(channel)
      wish.opened(channel)
    },
    openForward: (_, wish) => wish.refused("a shell on the gateway's machine forwards nothing", openFailure.prohibited),
    ask: (_type, _fields, answered) => answered(undefined),
    onOffer: () => {},
    close() {
      if (!open) return
      open = false
      for (const listener of closedListeners) listener()
      for (const channel of channels) channel.hangUp()
    },
    onClosed: (listener) => closedListeners.push(listener),
  }
}

interface LocalChannelParts {
  readonly host: LocalHost
  gone(): void
}

class LocalChannel implements ChannelEnd {
  readonly #listener: ChannelTalk
  readonly #parts: LocalChannelParts
  readonly #environment: Record<string, string>
  readonly #unsaid: { readonly code: number; bytes: Buffer }[] = []
  #terminal: Extract<ChannelRequest, { type: 'pty-req' }> | undefined
  #process: LocalProcess | undefined
  #exit: (() => void) | undefined
  #closed = false
  readonly backlog = 0
  outWindow = WINDOW_MAX
  inWindow: number

  constructor(listener: ChannelTalk, inWindow: number, parts: LocalChannelParts) {
    this.#listener = listener
    this.inWindow = inWindow
    this.#parts = parts
    this.#environment = { ...parts.host.environment }
  }

  /** What the program has not read counts: its window is what bounds the memory. */
  data(bytes: Buffer): void {
    this.outWindow -= bytes.length
    const taken = () => {
      this.outWindow += bytes.length
      if (!this.#closed) this.#listener.adjustWindow(bytes.length)
    }
    if (this.#process === undefined) taken()
    else this.#process.write(bytes, taken)
  }

  extendedData(): void {}

  whenDrained(): void {}

  adjustWindow(bytes: number): void {
    this.inWindow += bytes
    this.#say()
  }

  eof(): void {
    this.#process?.end()
  }

  reply(): void {}

  request(type: string, wantReply: boolean, fields: Buffer): void {
    const done = this.#perform(decodeChannelRequest(encodeChannelRequest(type, fields)), fields)
    if (wantReply) this.#listener.reply(done)
  }

  close(): void {
    this.hangUp()
    this.#close()
  }

  /** The connection is over: what runs here gets SIGHUP, as under sshd. */
  hangUp(): void {
    this.#process?.resume()
    this.#process?.signal('HUP')
  }

  #perform(request: ChannelRequest, fields: Buffer): boolean {
    switch (request.type) {
      case 'pty-req':
        this.#terminal = request
        return true
      case 'window-change':
        this.#process?.resize(request.columns, request.rows)
        return true
      case 'shell':
        return this.#start(undefined)
      case 'exec':
        return this.#start(request.command.toString('utf8'))
      case 'subsystem': {
        const server = SFTP_SERVERS.find((path) => existsSync(path))
        return request.name.toString() === 'sftp' && server !== undefined && this.#start(server)
      }
      case 'other':
        return this.#performOther(request.name, fields)
      case 'exit-status':
      case 'exit-signal':
        return false
    }
  }

  #performOther(name: string, fields: Buffer): boolean {
    const words = textFields(fields)
    if (name === 'env' && words.length === 2) this.#environment[words[0] ?? ''] = words[1] ?? ''
    else if (name === 'signal' && words.length === 1) this.#process?.signal(words[0] ?? '')
    else return false
    return true
  }

  #start(command: string | undefined): boolean {
    if (this.#process !== undefined) return false
    const events: LocalProcessEvents = {
      output: (bytes) => this.#hear(0, bytes),
      errorOutput: (bytes) => this.#hear(STDERR, bytes),
      exited: (status) => {
        this.#exit = () => this.#tellExit(status)
        this.#say()
      },
    }
    try {
      this.#process = this.#spawn(command, events)
    } catch (error) {
      // A command with a byte 0, or longer than the system takes. The answer to the request comes first.
      process.nextTick(() => {
        events.errorOutput(Buffer.from(`${this.#parts.host.account.shell}: ${(error as Error).message}\n`))
        events.exited({ code: EXIT_NOT_STARTED })
      })
    }
    return true
  }

  #spawn(command: string | undefined, events: LocalProcessEvents): LocalProcess {
    const { host } = this.#parts
    const what = { command, environment: this.#environment, account: host.account }
    if (this.#terminal === undefined) return startWithPipes(what, events)
    return startInTerminal(host.spawnTerminal, what, this.#terminal, events)
  }

  #hear(code: number, bytes: Buffer): void {
    this.#unsaid.push({ code, bytes })
    this.#say()
  }

  /** Says what the window allows; the program waits while something is unsaid. */
  #say(): void {
    if (this.#closed) return
    while (this.#unsaid[0] !== undefined && this.inWindow > 0) {
      const { code, bytes } = this.#unsaid[0]
      const part = bytes.subarray(0, this.inWindow)
      this.inWindow -= part.length
      if (part.length === bytes.length) this.#unsaid.shift()
      else this.#unsaid[0].bytes = bytes.subarray(part.length)
      if (code === 0) this.#listener.data(part)
      else this.#listener.extendedData(code, part)
    }
    if (this.#unsaid.length > 0) this.#process?.pause()
    else if (this.#exit !== undefined) this.#exit()
    else this.#process?.resume()
  }

  #tellExit(status: { readonly code: number } | { readonly signal: string }): void {
    this.#exit = undefined
    if ('code' in status) this.#listener.request('exit-status', false, uint32(status.code))
    else {
      const fields = wireMessage(string(status.signal), boolean(false), string(''), string(''))
      this.#listener.request('exit-signal', false, fields)
    }
    this.#listener.eof()
    this.#close()
  }

  #close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#listener.close()
    this.#parts.gone()
  }
}

/** Fields that are strings only, as those of env and signal are; none where they are not. */
function textFields(fields: Buffer): string[] {
  const words: string[] = []
  for (let at = 0; at + 4 <= fields.length;) {
    const end = at + 4 + fields.readUInt32BE(at)
    if (end > fields.length) return []
    words.push(fields.toString('utf8', at + 4, end))
    at = end
  }
  return words
}
