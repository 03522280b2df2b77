import type { ChannelEnd, ChannelTalk } from '../transport/channel-end.ts'
import type { ChannelOffer } from '../transport/channels.ts'
import { AnsweredEnd } from './answered-end.ts'
import type { ChannelHolder, HeldChannel } from './held-channel.ts'
import { TargetSession, type TargetSessionOwner, type TargetSessionParts } from './target-session.ts'

const CTRL_C = 3
const EXIT_BY_GATEWAY = 255

/** Who goes where. */
export interface HandOverTo extends Pick<
  TargetSessionOwner,
  'staff' | 'sourceAddress' | 'destination' | 'openChannel'
> {
  /** Typed already, behind what made the choice; not yet `taken`. */
  readonly ahead: Buffer
  /** There is no session; the channel is the caller's again. Ctrl+C while it is dialled counts as one. */
  refused(why: string): void
}

/**
 * Makes a held channel a session on a target: dials, opens the target's channel, asks it for all that
 * was asked here, with the terminal's size of that moment, and gives it what was typed meanwhile. Nothing
 * is written to the administrator from the beginning to the end of it, so that his window, which the
 * target's is made from, is exact. The session ends with the channel.
 */
export class HandOver implements ChannelHolder {
  readonly #channel: HeldChannel
  readonly #to: HandOverTo
  readonly #session: TargetSession
  #ahead: Buffer
  #inputEnded = false
  #over = false

  /** Begins at once; the caller has the channel held by this. */
  constructor(channel: HeldChannel, parts: TargetSessionParts, to: HandOverTo) {
    this.#channel = channel
    this.#to = to
    this.#ahead = to.ahead
    this.#session = new TargetSession(parts, {
      ...to,
      idle: () => this.#session.closed('closed'),
      // Other channels of the connection may be at work on other targets.
      disconnect: (reason) => this.#session.closed(reason),
      refuse: (_, why) =>
        this.#refuse('refused' in why ? why.refused : `there is no target ${JSON.stringify(why.unknown)}`),
    })
    this.#session.openChannel(this.#offer())
  }

  typed(bytes: Buffer): void {
    this.#ahead = Buffer.concat([this.#ahead, bytes])
    if (bytes.includes(CTRL_C)) this.#refuse('not connected: Ctrl+C')
  }

  inputEnded(): void {
    this.#inputEnded = true
  }

  redraw(): void {}

  closed(): void {
    this.#over = true
    this.#session.closed('closed')
  }

  #refuse(why: string): void {
    if (this.#over) return
    this.closed()
    this.#channel.taken(this.#ahead.length)
    this.#to.refused(why)
  }

  #offer(): ChannelOffer {
    const channel = this.#channel
    return {
      type: 'session',
      fields: Buffer.alloc(0),
      get window() {
        return channel.window
      },
      accept: (listener, inWindow) => this.#accept(listener, inWindow),
      refuse: (_, why) => this.#refuse(why),
    }
  }

  #accept(listener: ChannelTalk, inWindow: number): ChannelEnd {
    const end = this.#channel.giveTo(listener)
    // Its new owner has it in hand then; nothing of either side is read before.
    process.nextTick(() => this.#begin(end, listener, inWindow))
    const requests = this.#channel.asked.requests().filter(({ type }) => type !== 'env')
    const { name, clientSlug } = this.#to.destination.target
    return new AnsweredEnd(
      end,
      requests.map(({ type }) => (success) => {
        if (success) return
        this.#channel.complain(`${name}.${clientSlug} refuses ${type === 'shell' ? 'a shell' : 'a terminal'}`)
        this.#channel.finish(EXIT_BY_GATEWAY)
        listener.close()
      }),
    )
  }

  #begin(end: ChannelEnd, listener: ChannelTalk, inWindow: number): void {
    for (const { type, fields } of this.#channel.asked.requests()) listener.request(type, type !== 'env', fields)
    // What was typed ahead comes out of the target's window as everything will.
    const room = inWindow - this.#ahead.length - end.inWindow
    if (room > 0) end.adjustWindow(room)
    if (this.#ahead.length > 0) listener.data(this.#ahead)
    // And the administrator's window may have grown since the target heard of it.
    listener.adjustWindow(0)
    if (this.#inputEnded) listener.eof()
  }
}
