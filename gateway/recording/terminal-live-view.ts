import type { NewEvents } from './follow-events.ts'
import { keyName } from './key-name.ts'
import { createScreenMirror } from './screen-mirror.ts'
import { createScreen, type Screen } from './screen.ts'
import { KEYS_SHOWN, TERMINAL_RESTORED, TERMINAL_TAKEN } from './terminal-playback.ts'
import type { TerminalEvent } from './terminal-event.ts'
import { TerminalReader } from './terminal-reader.ts'
import type { TerminalSize } from './terminal-size.ts'

export interface LiveViewOptions {
  /** What the watched terminal has until the recording says otherwise. */
  readonly size: TerminalSize
  /** The terminal to show it in; its last row says whose it is. */
  readonly viewer: TerminalSize
  /** Whether the last row names the keys as they are pressed. */
  readonly showKeys: boolean
  /** Such as `ivan on root@web1.acme`. */
  readonly title: string
}

/**
 * Shows a channel that goes on: yields what to write whenever everything that is new has been taken, so that who reads
 * slowly sees fewer, later states. Painted from a screen of our own, as a playback is.
 */
export async function* showLive(
  recording: AsyncIterable<NewEvents>,
  { size, viewer, showKeys, title }: LiveViewOptions,
): AsyncGenerator<string> {
  const screen = createScreen(size.columns, size.rows)
  const mirror = createScreenMirror(screen, viewer)
  const reader = new TerminalReader()
  let keys: string[] = []
  try {
    yield TERMINAL_TAKEN
    for await (const { events, caughtUp } of recording) {
      for (const event of events) {
        const { settled, current } = reader.read(event)
        for (const each of [...settled, ...current]) keys = [...keys, ...(await take(each, screen))].slice(-KEYS_SHOWN)
      }
      const status = ['live', title, ...(showKeys ? keys : [])].join('  ')
      if (caughtUp) yield mirror.paint(status.slice(0, viewer.columns))
    }
    yield TERMINAL_RESTORED
  } finally {
    screen.dispose()
  }
}

/** Gives the names of keys. */
async function take(event: TerminalEvent, screen: Screen): Promise<string[]> {
  if (event.code === 'o') await screen.write(event.text)
  else if (event.code === 'r') screen.resize(event.columns, event.rows)
  else if (event.code === 'i' && event.keystroke) return [keyName(event.keystroke)]
  return []
}
