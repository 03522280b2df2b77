import { createInputTokenizer, type InputToken } from '../../recording/input-tokenizer.ts'
import { keyName } from '../../recording/key-name.ts'
import { SEQUENCE_GAP_US } from '../../recording/timed-input.ts'
import type { ChannelHolder, HeldChannel } from '../held-channel.ts'
import type { MenuChoice, MenuFace } from './menu-face.ts'
import { MenuFullScreen } from './menu-full-screen.ts'
import type { MenuRow } from './menu-list.ts'
import { MenuNumberedList } from './menu-numbered-list.ts'
import type { MenuState } from './menu-state.ts'
import { explainFailure } from '../refusal-texts.ts'

/** A filter over thousands of targets takes a moment: others have their turn after so many keys. */
const KEYS_AT_ONCE = 16
const SEQUENCE_GAP_MS = SEQUENCE_GAP_US / 1000
const EXIT_BY_GATEWAY = 255

export interface MenuParts {
  /** The login of the person. */
  readonly who: string
  now(): Date
  /** What the menu shows first; a failure is told, and ends it. */
  load(): Promise<MenuState>
  /** Continues the channel on a target: it has its holder until `refused`. */
  connect(row: MenuRow, ahead: Buffer, refused: (why: string) => void): ChannelHolder
  /** Whether the menu has the terminal now. */
  shown(isShown: boolean): void
  readonly log: (line: string) => void
}

/**
 * The menu of `ssh bastion`: holds a channel with a terminal until a target is chosen. Keys wait while
 * the administrator's ssh takes no output, so that nothing queues but one screen.
 */
export class Menu implements ChannelHolder {
  readonly #channel: HeldChannel
  readonly #parts: MenuParts
  readonly #tokenizer = createInputTokenizer()
  readonly #tokens: InputToken[] = []
  #face: MenuFace | undefined
  #gap: NodeJS.Timeout | undefined
  #inputEnded = false
  /** The terminal shows what is not true any more. */
  #stale = false
  #phase: 'choosing' | 'connecting' | 'over' = 'choosing'

  /** Begins at once; the caller has the channel held by this. */
  constructor(channel: HeldChannel, parts: MenuParts) {
    this.#channel = channel
    this.#parts = parts
    parts.load().then(
      (state) => this.#open(state),
      (error: unknown) => {
        parts.log(`no menu for ${parts.who}: ${String(error)}`)
        this.#leave(EXIT_BY_GATEWAY, explainFailure(error))
      },
    )
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
    this.#phase = 'over'
    this.#parts.shown(false)
  }

  /** Gives the terminal back and ends the channel with a reason; only for a menu that is shown. */
  end(reason: string): void {
    this.#leave(EXIT_BY_GATEWAY, reason)
  }

  #open(state: MenuState): void {
    if (this.#phase === 'over') return
    const { asked } = this.#channel
    const terminal = () => asked.terminal
    const { who } = this.#parts
    const now = () => this.#parts.now()
    this.#face = asked.hasSecondScreen
      ? new MenuFullScreen(state, { terminal, who, now })
      : new MenuNumberedList(state, { terminal, now })
    this.#show('')
  }

  #show(message: string): void {
    this.#phase = 'choosing'
    this.#parts.shown(true)
    this.#channel.write(this.#face?.show(message) ?? '')
    this.#stale = true
    this.#work()
  }

  /** Presses the keys that wait, and paints what came of them. */
  #work(): void {
    const face = this.#face
    if (face === undefined || this.#phase !== 'choosing' || !this.#channel.takesOutput) return
    const some = this.#tokens.splice(0, KEYS_AT_ONCE)
    for (let token = some.shift(); token !== undefined; token = some.shift()) {
      this.#channel.taken(token.bytes.length)
      this.#stale = true
      const choice = token.kind === 'key' ? face.press(keyName(token.bytes)) : undefined
      if (choice === undefined) continue
      this.#tokens.unshift(...some)
      return this.#choose(choice)
    }
    if (this.#stale) this.#channel.write(face.paint())
    this.#stale = false
    if (this.#tokens.length > 0) setImmediate(() => this.#work())
    else if (this.#inputEnded) this.#leave(0)
  }

  #choose(choice: MenuChoice): void {
    if (choice.kind === 'leave') return this.#leave(choice.exitStatus)
    clearTimeout(this.#gap)
    this.#phase = 'connecting'
    this.#parts.shown(false)
    this.#channel.write(this.#face?.hide() ?? '')
    this.#channel.complain(`connecting to ${choice.row.target}`)
    const ahead = [...this.#tokens.splice(0), ...this.#tokenizer.flush()].map(({ bytes }) => bytes)
    const holder = this.#parts.connect(choice.row, Buffer.concat(ahead), (why) => {
      this.#channel.holdBy(this)
      this.#show(why)
    })
    this.#channel.holdBy(holder)
  }

  #leave(exitStatus: number, ...complaint: readonly string[]): void {
    if (this.#phase === 'over') return
    if (this.#phase === 'choosing') this.#channel.write(this.#face?.hide() ?? '')
    this.closed()
    this.#channel.complain(...complaint)
    this.#channel.finish(exitStatus)
  }
}
