import { WINDOW_MAX, type ChannelEnd, type ChannelTalk } from '../transport/channel-end.ts'
import type { ChannelOffer } from '../transport/channels.ts'
import { STDERR } from '../transport/message.ts'
import { uint32, WireReader } from '../transport/wire.ts'

/** What an administrator asked of the gateway itself. */
export interface Asked {
  /** Empty for a shell. */
  readonly command: string
  readonly terminal: boolean
}

/** What the gateway answers; lines end in `\n`. */
export interface Answer {
  readonly output: string
  /** Each line without the prefix `gatebook: `. */
  readonly errors: readonly string[]
  readonly exitStatus: number
}

/**
 * A session channel that ends here: for service commands, and for refusals, which are told where
 * people look for them, on stderr, with the exit status that ssh itself has for a failure.
 */
export function answerChannel(offer: ChannelOffer, answer: (asked: Asked) => Promise<Answer>): void {
  let terminal = false
  let started = false
  const start = (command: string): boolean => {
    if (started) return false
    started = true
    answer({ command, terminal }).then(
      (said) => say(end, said, terminal),
      () =>
        say(
          end,
          { output: '', errors: ['an error in the gateway; its log has the details'], exitStatus: 255 },
          terminal,
        ),
    )
    return true
  }
  const perform = (type: string, fields: Buffer): boolean => {
    if (type === 'pty-req') terminal = true
    if (type === 'shell') return start('')
    if (type === 'exec' || type === 'subsystem') return start(new WireReader(fields).text())
    return type === 'pty-req' || type === 'env' || type === 'window-change'
  }
  const listener: ChannelTalk = {
    // Typed ahead, for a shell that never comes: taken and dropped.
    data: (bytes) => end.adjustWindow(bytes.length),
    extendedData: () => {},
    adjustWindow: () => {},
    eof: () => {},
    close: () => end.close(),
    request(type, wantReply, fields) {
      const done = perform(type, fields)
      if (wantReply) end.reply(done)
    },
    reply: () => {},
  }
  const end: ChannelEnd = offer.accept(listener, WINDOW_MAX)
}

function say(end: ChannelEnd, { output, errors, exitStatus }: Answer, terminal: boolean): void {
  const lines = (text: string) => Buffer.from(terminal ? text.replaceAll('\n', '\r\n') : text)
  if (output !== '') end.data(lines(output))
  const said = errors.flatMap((text) => text.split('\n')).map((line) => `gatebook: ${line}\n`)
  if (said.length > 0) end.extendedData(STDERR, lines(said.join('')))
  end.request('exit-status', false, uint32(exitStatus))
  end.eof()
  end.close()
}
