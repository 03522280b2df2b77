import type { NamedPurpose } from './channel-requests.ts'
import type { ChannelHolder, HeldChannel } from './held-channel.ts'
import { Dialogue } from './menu/dialogue.ts'
import { PurposeFace, type PurposeAnswer } from './purpose-face.ts'
import type { WantedEntry } from './purpose-texts.ts'

export interface PurposeQuestionParts {
  /** Typed already and not yet `taken`. */
  readonly ahead: Buffer
  /** Why it is asked again; empty the first time. */
  readonly message: string
  /** `ahead` was typed behind the answer and is not yet `taken`. */
  answered(named: NamedPurpose, ahead: Buffer): void
  /** Somebody left, or will type nothing more. */
  left(): void
}

/** Asks in the terminal of a held channel what the session is to be for. */
export class PurposeQuestion implements ChannelHolder {
  readonly #parts: PurposeQuestionParts
  readonly #dialogue: Dialogue<PurposeAnswer>
  #over = false

  /** Begins at once; the caller has the channel held by this. */
  constructor(channel: HeldChannel, wanted: WantedEntry, parts: PurposeQuestionParts) {
    this.#parts = parts
    this.#dialogue = new Dialogue(channel, {
      chosen: (answer) => this.#chosen(answer),
      inputEnded: () => this.#chosen('leave'),
    })
    if (parts.ahead.length > 0) this.#dialogue.typed(parts.ahead)
    // In a turn of its own: what was typed ahead may answer before the caller has the channel held.
    setImmediate(() => this.#show(new PurposeFace(wanted, () => channel.asked.terminal)))
  }

  typed(bytes: Buffer): void {
    this.#dialogue.typed(bytes)
  }

  inputEnded(): void {
    this.#dialogue.inputEnded()
  }

  redraw(): void {
    this.#dialogue.redraw()
  }

  closed(): void {
    this.#over = true
    this.#dialogue.closed()
  }

  /** Gives the terminal back; nobody is asked any more. */
  end(): void {
    this.#dialogue.hide()
    this.closed()
  }

  #show(face: PurposeFace): void {
    if (!this.#over) this.#dialogue.show(face, this.#parts.message)
  }

  #chosen(answer: PurposeAnswer): void {
    this.end()
    if (answer === 'leave') this.#parts.left()
    else this.#parts.answered(answer, this.#dialogue.rest())
  }
}
