import type { ChannelHolder, HeldChannel } from '../held-channel.ts'
import { explainFailure } from '../refusal-texts.ts'
import { Dialogue } from './dialogue.ts'
import type { MenuChoice, MenuFace } from './menu-face.ts'
import { MenuFullScreen } from './menu-full-screen.ts'
import type { MenuRow } from './menu-list.ts'
import { MenuNumberedList } from './menu-numbered-list.ts'
import type { MenuState } from './menu-state.ts'

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

/** The menu of `ssh bastion`: holds a channel with a terminal until a target is chosen. */
export class Menu implements ChannelHolder {
  readonly #channel: HeldChannel
  readonly #parts: MenuParts
  readonly #dialogue: Dialogue<MenuChoice>
  #face: MenuFace | undefined
  #over = false

  /** Begins at once; the caller has the channel held by this. */
  constructor(channel: HeldChannel, parts: MenuParts) {
    this.#channel = channel
    this.#parts = parts
    this.#dialogue = new Dialogue(channel, {
      chosen: (choice) => this.#choose(choice),
      inputEnded: () => this.#leave(0),
    })
    parts.load().then(
      (state) => this.#open(state),
      (error: unknown) => {
        parts.log(`no menu for ${parts.who}: ${String(error)}`)
        this.#leave(EXIT_BY_GATEWAY, explainFailure(error))
      },
    )
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
    this.#parts.shown(false)
  }

  /** Gives the terminal back and ends the channel with a reason; only for a menu that is shown. */
  end(reason: string): void {
    this.#leave(EXIT_BY_GATEWAY, reason)
  }

  #open(state: MenuState): void {
    if (this.#over) return
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
    if (this.#face === undefined) return
    this.#parts.shown(true)
    this.#dialogue.show(this.#face, message)
  }

  #choose(choice: MenuChoice): void {
    if (choice.kind === 'leave') return this.#leave(choice.exitStatus)
    this.#parts.shown(false)
    this.#dialogue.hide()
    this.#channel.complain(`connecting to ${choice.row.target}`)
    const holder = this.#parts.connect(choice.row, this.#dialogue.rest(), (why) => {
      this.#channel.holdBy(this)
      this.#show(why)
    })
    this.#channel.holdBy(holder)
  }

  #leave(exitStatus: number, ...complaint: readonly string[]): void {
    if (this.#over) return
    this.#dialogue.hide()
    this.closed()
    this.#channel.complain(...complaint)
    this.#channel.finish(exitStatus)
  }
}
