import { createInputTokenizer, type InputToken } from '../../recording/input-tokenizer.ts'
import { keyName } from '../../recording/key-name.ts'
import { SEQUENCE_GAP_US } from '../../recording/timed-input.ts'
import type { ChannelHolder, HeldChannel } from '../held-channel.ts'

/** A filter over thousands of targets takes a moment: others have their turn after so many keys. */
const KEYS_AT_ONCE = 16
const SEQUENCE_GAP_MS = SEQUENCE_GAP_US / 1000

/** How something looks on a terminal, and what keys lead to. Each text is written to the terminal, in order. */
export interface Face<Choice> {
  /** Comes up, with a message where there is one; `paint` follows. */
  show(message: string): string
  /** Takes a key by its name (`recording/key-name.ts`). */
  press(key: string): Choice | undefined
  /** What has changed since the last call, in the terminal as it is now. */
  paint(): string
  /** Gives the terminal back. */
  hide(): string
}

export interface DialogueOwner<Choice> {
  /** The keys behind it wait. */
  chosen(choice: Choice): void
  /** Nothing more will be typed, and all that was is dealt with. */
  inputEnded(): void
}

/**
 * Shows a face on a channel's terminal and has keys pressed on it. Keys wait while the administrator's ssh takes no
 * output, so that nothing queues but one screen.
 */
export class Dialogue<Choice> implements ChannelHolder {
  readonly #channel: HeldChannel
  readonly #owner: DialogueOwner<Choice>
  readonly #tokenizer = createInputTokenizer()
  readonly #tokens: InputToken[] = []
  /** Undefined: it is not shown. */
  #face: Face<Choice> | undefined
  #gap: NodeJS.Timeout | undefined
  #inputEnded = false
  /** The terminal shows what is not true any more. */
  #stale = false

  constructor(channel: HeldChannel, owner: DialogueOwner<Choice>) {
    this.#channel = channel
    this.#owner = owner
  }

  show(face: Face<Choice>, message: string): void {
    this.#face = face
    this.#channel.write(face.show(message))
    this.#stale = true
    this.#work()
  }

  /** Gives the terminal back; keys wait from now on. Hiding twice does nothing. */
  hide(): void {
    clearTimeout(this.#gap)
    this.#channel.write(this.#face?.hide() ?? '')
    this.#face = undefined
  }

  /** What was typed and not pressed; it is not `taken`. */
  rest(): Buffer {
    return Buffer.concat([...this.#tokens.splice(0), ...this.#tokenizer.flush()].map(({ bytes }) => bytes))
  }

  typed(bytes: Buffer): void {
    clearTimeout(this.#gap)
    this.#tokens.push(...this.#tokenizer.push(bytes))
    if (this.#tokenizer.waitingFor() !== undefined) {
      this.#gap = setTimeout(() => {
        this.#tokens.push(...this.#tokenizer.flush())
        this.#work()
      }, SEQUENCE_GAP_MS)
    }
    this.#work()
  }

  inputEnded(): void {
    this.#inputEnded = true
    this.#work()
  }

  redraw(): void {
    this.#stale = true
    this.#work()
  }

  closed(): void {
    clearTimeout(this.#gap)
    this.#face = undefined
  }

  /** Presses the keys that wait, and paints what came of them. */
  #work(): void {
    const face = this.#face
    if (face === undefined || !this.#channel.takesOutput) return
    const some = this.#tokens.splice(0, KEYS_AT_ONCE)
    for (let token = some.shift(); token !== undefined; token = some.shift()) {
      this.#channel.taken(token.bytes.length)
      this.#stale = true
      const choice = token.kind === 'key' ? face.press(keyName(token.bytes)) : undefined
      if (choice === undefined) continue
      this.#tokens.unshift(...some)
      return this.#owner.chosen(choice)
    }
    if (this.#stale) this.#channel.write(face.paint())
    this.#stale = false
    if (this.#tokens.length > 0) setImmediate(() => this.#work())
    else if (this.#inputEnded) this.#owner.inputEnded()
  }
}
