import type { ChannelOffer } from '../transport/channels.ts'
import { HeldChannel, type ChannelHolder } from './held-channel.ts'
import { UNFORESEEN } from './refusal-texts.ts'

/** What the gateway answers; lines end in `\n`. */
export interface Answer {
  readonly output: string
  /** Each line without the prefix `gatebook: `. */
  readonly errors: readonly string[]
  readonly exitStatus: number
}

const FAILURE: Answer = {
  output: '',
  errors: [UNFORESEEN],
  exitStatus: 255,
}

/**
 * A session channel that ends here: for service commands, and for refusals, which are told where
 * people look for them, on stderr, with the exit status that ssh itself has for a failure.
 */
export function answerChannel(offer: ChannelOffer, answer: (command: string) => Promise<Answer>): void {
  new HeldChannel(offer, (channel, command) => answerOn(channel, answer(command)))
}

/** Says the answer, when it is there, on a channel that is already held. */
export function answerOn(channel: HeldChannel, answer: Promise<Answer>): ChannelHolder {
  const say = ({ output, errors, exitStatus }: Answer): void => {
    channel.write(channel.asked.hasTerminal ? output.replaceAll('\n', '\r\n') : output)
    channel.complain(...errors)
    channel.finish(exitStatus)
  }
  answer.then(say, () => say(FAILURE))
  return {
    // Typed ahead, for a shell that never comes.
    typed: (bytes) => channel.taken(bytes.length),
    inputEnded: () => {},
    redraw: () => {},
    closed: () => {},
  }
}
