import type { RecordedEvent } from './event.ts'
import { keyName } from './key-name.ts'
import { createReplayClock, ticking } from './replay-clock.ts'
import { createScreenMirror } from './screen-mirror.ts'
import { createScreen } from './screen.ts'
import { terminalEvents } from './terminal-events.ts'
import type { TerminalSize } from './terminal-size.ts'

export interface PlaybackOptions {
  /** What the recorded terminal has until the recording says otherwise. */
  readonly size: TerminalSize
  /** The terminal to play in; its last row shows the time. */
  readonly viewer: TerminalSize
  /** 2 plays twice as fast; greater than 0. */
  readonly speed: number
  /** The longest pause in microseconds of the record; 0 keeps every pause. */
  readonly idleUs: number
  /** Microseconds of the replay to pass over. */
  readonly startUs: number
  /** Whether the last row names the keys as they are pressed. */
  readonly showKeys: boolean
  readonly sleep: (ms: number) => Promise<void>
}

/** Makes the viewer's terminal what it was; to be written also where a playback is broken off. */
export const TERMINAL_RESTORED = '\x1b[m\x1b[?7h\x1b[?25h\x1b[?1049l'

export const TERMINAL_TAKEN = '\x1b[?1049h\x1b[?7l\x1b[m\x1b[2J'
/** The viewer's terminal is painted 30 times a second at most. */
const FRAME_US = 33_333
export const KEYS_SHOWN = 10

/**
 * Plays the recording of one channel in a person's terminal: yields what to write and sleeps between. What is
 * written is painted from a screen of our own, never passed on: no sequence of the recording can reach
 * the viewer's clipboard, title, keyboard or scrollback, however a terminal reads it.
 */
export async function* playInTerminal(
  recording: AsyncIterable<RecordedEvent>,
  options: PlaybackOptions,
): AsyncGenerator<string> {
  const { size, viewer, speed, startUs, sleep } = options
  const clock = createReplayClock(options.idleUs)
  const screen = createScreen(size.columns, size.rows)
  const mirror = createScreenMirror(screen, viewer)
  let keys: string[] = []
  let shownUs = startUs
  const paint = () => mirror.paint(statusOf(shownUs, options.showKeys ? keys : []).slice(0, viewer.columns))
  try {
    yield TERMINAL_TAKEN
    for await (const event of terminalEvents(ticking(recording, clock))) {
      const replayUs = clock.toReplayUs(event.atUs)
      const waitUs = (replayUs - shownUs) / speed
      if (waitUs >= FRAME_US) {
        yield paint()
        await sleep(waitUs / 1000)
        shownUs = replayUs
      }
      if (event.code === 'o') await screen.write(event.text)
      else if (event.code === 'r') screen.resize(event.columns, event.rows)
      else if (event.code === 'i' && event.keystroke) keys = [...keys, keyName(event.keystroke)].slice(-KEYS_SHOWN)
    }
    shownUs = Math.max(shownUs, clock.lengthUs())
    yield paint()
    yield TERMINAL_RESTORED
  } finally {
    screen.dispose()
  }
}

function statusOf(replayUs: number, keys: readonly string[]): string {
  const seconds = Math.floor(replayUs / 1_000_000)
  const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  return [clock, ...keys].join('  ')
}
