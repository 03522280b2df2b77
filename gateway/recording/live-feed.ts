import type { LiveEvent, LiveScreen } from '#shared/live.ts'
import type { NewEvents } from './follow-events.ts'
import { createScreen, type Screen } from './screen.ts'
import type { TerminalEvent } from './terminal-event.ts'
import { TerminalReader } from './terminal-reader.ts'
import type { TerminalSize } from './terminal-size.ts'

/** More text at once than this, and whoever watches gets the screen that it leads to instead. */
const TEXT_MAX = 64 * 1024

/** What has happened in a channel since its watcher was told of it last. */
class News {
  readonly #reader = new TerminalReader()
  readonly #screen: Screen
  #events: LiveEvent[] = []
  #length = 0
  #firstUs: number | undefined
  #lastUs = 0
  /** The watcher needs the screen: he has nothing yet, too much has come, or it was taken inside a sequence. */
  #needsScreen = true

  constructor(screen: Screen) {
    this.#screen = screen
  }

  async take({ events }: NewEvents): Promise<void> {
    for (const event of events) {
      this.#firstUs ??= event.atUs
      this.#lastUs = event.atUs
      const { settled, current } = this.#reader.read(event)
      for (const each of [...settled, ...current]) await this.#show(each)
    }
  }

  told(): (LiveScreen | LiveEvent)[] {
    const news = this.#needsScreen ? [this.#state()] : this.#events
    this.#needsScreen &&= !this.#screen.isBetweenSequences()
    this.#events = []
    this.#length = 0
    return news
  }

  async #show(event: TerminalEvent): Promise<void> {
    if (event.code === 'o') await this.#screen.write(event.text)
    else if (event.code === 'r') this.#screen.resize(event.columns, event.rows)
    const shown = liveEvent(event, this.#seconds(event.atUs))
    if (shown === undefined || this.#needsScreen) return
    this.#length += shown[2].length
    if (this.#length > TEXT_MAX) this.#needsScreen = true
    else this.#events.push(shown)
  }

  #state(): LiveScreen {
    const { cols, rows } = this.#screen.terminal
    return { cols, rows, time: this.#seconds(this.#lastUs), init: this.#screen.snapshot() }
  }

  #seconds(atUs: number): number {
    return Math.max(0, atUs - (this.#firstUs ?? atUs)) / 1_000_000
  }
}

/**
 * A channel that goes on, as asciinema-player reads it: the screen of this moment, and then what happens. Who reads
 * slowly is given a later screen for what he missed. An empty list says that nothing has happened.
 */
export async function* liveFeed(
  recording: AsyncIterable<NewEvents>,
  size: TerminalSize,
): AsyncGenerator<readonly (LiveScreen | LiveEvent)[]> {
  const screen = createScreen(size.columns, size.rows)
  const news = new News(screen)
  try {
    for await (const some of recording) {
      await news.take(some)
      if (some.caughtUp) yield news.told()
    }
  } finally {
    screen.dispose()
  }
}

function liveEvent(event: TerminalEvent, seconds: number): LiveEvent | undefined {
  switch (event.code) {
    case 'o':
      return [seconds, 'o', event.text]
    case 'r':
      return [seconds, 'r', `${event.columns}x${event.rows}`]
    case 'i':
      return event.keystroke === undefined ? undefined : [seconds, 'i', event.text]
    case 'm':
    case 'x':
      return undefined
  }
}
