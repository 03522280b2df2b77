import type { ChannelEnd, ChannelTalk } from '../transport/channel-end.ts'
import type { ChannelOffer } from '../transport/channels.ts'
import { AnsweredEnd } from './answered-end.ts'
import type { AskedRequest } from './asked-shell.ts'
import type { NamedPurpose } from './channel-requests.ts'
import type { ChannelHolder, HeldChannel } from './held-channel.ts'
import { PurposeQuestion } from './purpose-question.ts'
import { wantedText, type WantedEntry } from './purpose-texts.ts'
import type { Entry } from './session-purpose.ts'

const CTRL_C = 3
const EXIT_BY_GATEWAY = 255
/** What ends the channel where the target refuses it; everything else may go wrong quietly, as with ssh itself. */
const REFUSABLE: Readonly<Record<string, string>> = {
  'pty-req': 'a terminal',
  shell: 'a shell',
  exec: 'the command',
  subsystem: 'the subsystem',
}
const NOT_SAID = 'not connected: nobody said what the session is for'

/** What a channel is to be part of. */
export interface EnterableSession {
  /** Full name of the target. */
  readonly target: string
  /** Dials, and settles what the session is for by what a channel names. Never rejects. */
  enter(named: NamedPurpose): Promise<Entry | { readonly refused: string }>
  /** Takes the channel to the target, or says why not. */
  openOn(offer: ChannelOffer, refuse: (why: string) => void): void
  /** `gone` hears once why no channel can begin any more; after the returned function was called it hears nothing. */
  whileWaiting(gone: (reason: string) => void): () => void
}

export interface HandOverTo {
  readonly session: EnterableSession
  /** What the target is to start; a shell where it is left out. */
  readonly start?: AskedRequest | undefined
  /** Typed already, behind what made the choice; not yet `taken`. */
  readonly ahead: Buffer
  /** The channel is the caller's again. Ctrl+C before there is a session counts as one. */
  refused(why: string): void
  /** The channel is gone, or was refused. */
  over(): void
}

/**
 * Makes a held channel a part of a session on a target: asks what the session is for where that must be said, opens the
 * target's channel, asks it for all that was asked here, with the terminal's size of that moment, and gives it what
 * was typed meanwhile. Nothing is written to the administrator from the opening to the end of it, so that his window,
 * which the target's is made from, is exact.
 */
export class HandOver implements ChannelHolder {
  readonly #channel: HeldChannel
  readonly #to: HandOverTo
  readonly #stopWaiting: () => void
  #question: PurposeQuestion | undefined
  /** What it asked for last. */
  #asked: WantedEntry | undefined
  #ahead: Buffer
  #inputEnded = false
  #over = false

  /** Begins at once; the caller has the channel held by this. */
  constructor(channel: HeldChannel, to: HandOverTo) {
    this.#channel = channel
    this.#to = to
    this.#ahead = to.ahead
    this.#stopWaiting = to.session.whileWaiting((reason) => this.#refuse(reason))
    this.#enter(channel.asked.named)
  }

  typed(bytes: Buffer): void {
    this.#ahead = Buffer.concat([this.#ahead, bytes])
    // Without a terminal it is a byte of a file as likely.
    if (this.#channel.asked.hasTerminal && bytes.includes(CTRL_C)) this.#refuse('not connected: Ctrl+C')
  }

  inputEnded(): void {
    this.#inputEnded = true
  }

  redraw(): void {}

  closed(): void {
    this.#over = true
    this.#stopWaiting()
    this.#question?.closed()
    this.#to.over()
  }

  #enter(named: NamedPurpose): void {
    void this.#to.session.enter(named).then((entry) => {
      if (!this.#over) this.#entered(entry)
    })
  }

  #entered(entry: Awaited<ReturnType<EnterableSession['enter']>>): void {
    if (entry === 'open') {
      this.#stopWaiting()
      return this.#to.session.openOn(this.#offer(), (why) => this.#refuse(why))
    }
    if ('refused' in entry) return this.#refuse(entry.refused)
    if ('wanted' in entry && this.#mayAsk) return this.#ask(entry)
    if ('wrong' in entry && this.#asked !== undefined) return this.#ask(this.#asked, firstLine(entry.wrong))
    this.#refuse('wrong' in entry ? entry.wrong : wantedText(entry))
  }

  /** A command at a terminal may be a program's, as Ansible's are, with nobody to answer. */
  get #mayAsk(): boolean {
    return this.#channel.asked.hasTerminal && (this.#to.start?.type ?? 'shell') === 'shell'
  }

  #ask(wanted: WantedEntry, wrong?: string): void {
    const isAgain = this.#asked !== undefined
    this.#asked = wanted
    const message = wrong ?? (isAgain ? `${wanted.client} wants ${wanted.wanted}` : '')
    this.#question = new PurposeQuestion(this.#channel, wanted, {
      ahead: this.#ahead,
      message,
      answered: (named, ahead) => {
        this.#ahead = ahead
        this.#channel.holdBy(this)
        this.#enter(named)
      },
      left: () => this.#refuse(NOT_SAID),
    })
    this.#ahead = Buffer.alloc(0)
    this.#channel.holdBy(this.#question)
  }

  #refuse(why: string): void {
    if (this.#over) return
    this.#question?.end()
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
    const requests = this.#requests().filter(({ type }) => wantsReply(type))
    return new AnsweredEnd(
      end,
      requests.map(({ type }) => (success) => {
        if (success) return
        this.#channel.complain(`${this.#to.session.target} refuses ${REFUSABLE[type] ?? type}`)
        this.#channel.finish(EXIT_BY_GATEWAY)
        listener.close()
      }),
    )
  }

  #begin(end: ChannelEnd, listener: ChannelTalk, inWindow: number): void {
    // Whoever left while the target opened its channel is not heard any more.
    if (this.#over) return listener.close()
    for (const { type, fields } of this.#requests()) listener.request(type, wantsReply(type), fields)
    // What was typed ahead comes out of the target's window as everything will.
    const room = inWindow - this.#ahead.length - end.inWindow
    if (room > 0) end.adjustWindow(room)
    if (this.#ahead.length > 0) listener.data(this.#ahead)
    // And the administrator's window may have grown since the target heard of it.
    listener.adjustWindow(0)
    if (this.#inputEnded) listener.eof()
  }

  #requests(): readonly AskedRequest[] {
    return this.#channel.asked.requests(this.#to.start)
  }
}

function wantsReply(type: string): boolean {
  return type in REFUSABLE
}

/** The others say what the question shows anyway. */
function firstLine(text: string): string {
  return text.split('\n')[0] ?? ''
}
