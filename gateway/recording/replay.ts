import type { ReplayIndex, ReplaySegment } from '#shared/api.ts'
import type { RecordedEvent } from './event.ts'
import { type ReplayClock, createReplayClock, ticking } from './replay-clock.ts'
import { type Screen, createScreen } from './screen.ts'
import type { TerminalEvent } from './terminal-event.ts'
import { terminalEvents } from './terminal-events.ts'
import { type TerminalSize, terminalSize } from './terminal-size.ts'

/** The recording of one channel as asciinema-player 3.18.0 reads it through its segmented driver. */
export interface Replay {
  /** `urlOf` says where the player finds segment `n`, from 0. */
  index(urlOf: (segment: number) => string): ReplayIndex
  /** Undefined beyond the last one; there is at least one. */
  segment(n: number): ReplaySegment | undefined
  /** Where a moment of the session, in microseconds since its start, is in the replay. */
  toReplayUs(atUs: number): number
  /** Where it goes on behind each pause that it cuts; microseconds as above. */
  resumptions(): ReturnType<ReplayClock['resumptions']>
}

export interface ReplayOptions extends TerminalSize {
  /** The longest pause of the replay in microseconds; 0 keeps every pause. */
  readonly idleUs: number
}

/** A segment is cut after this much text: it loads in one request and the player keeps three (research E.4). */
const SEGMENT_LENGTH = 256 * 1024
/** What the JSON of an event takes besides its text. */
const EVENT_LENGTH = 24

type PlayerEvent = ReplaySegment['events'][number]

interface Segment {
  readonly startUs: number
  readonly size: TerminalSize
  readonly init: string
  readonly events: PlayerEvent[]
}

/**
 * Builds the replay of one channel; its time 0 is the channel's first event. `columns` and `rows` hold until the
 * recording says otherwise. Takes memory in proportion to the recording and gives the event loop its turns.
 */
export async function buildReplay(recording: AsyncIterable<RecordedEvent>, options: ReplayOptions): Promise<Replay> {
  const clock = createReplayClock(options.idleUs)
  const size = terminalSize(options.columns, options.rows)
  const screen = createScreen(size.columns, size.rows)
  try {
    return await build(terminalEvents(ticking(recording, clock)), screen, clock)
  } finally {
    screen.dispose()
  }
}

async function build(events: AsyncIterable<TerminalEvent>, screen: Screen, clock: ReplayClock): Promise<Replay> {
  const markers: ReplayIndex['markers'] = []
  let segment = beginSegment(screen, 0)
  const segments = [segment]
  let length = 0
  let lastUs = 0
  for await (const event of events) {
    const replayUs = clock.toReplayUs(event.atUs)
    const shown = playerEvent(event, replayUs)
    if (shown === undefined) continue
    // The player wants every event of a segment before the next one's start.
    if (length >= SEGMENT_LENGTH && replayUs > lastUs && screen.isBetweenSequences()) {
      segment = beginSegment(screen, replayUs)
      segments.push(segment)
      length = 0
    }
    lastUs = replayUs
    segment.events.push(shown)
    length += shown[2].length + EVENT_LENGTH
    if (event.code === 'm') markers.push([shown[0], event.text])
    else if (event.code === 'o') await screen.write(event.text)
    else if (event.code === 'r') screen.resize(event.columns, event.rows)
  }
  // A start equal to the duration is refused by the player, and so is a last event at any other time.
  const durationUs = Math.max(clock.lengthUs(), segment.startUs + 1)
  segment.events.push([toSeconds(durationUs), 'o', ''])
  return replayOf(segments, markers, durationUs, clock)
}

function beginSegment(screen: Screen, startUs: number): Segment {
  const { cols, rows } = screen.terminal
  return { startUs, size: { columns: cols, rows }, init: screen.snapshot(), events: [] }
}

function playerEvent(event: TerminalEvent, replayUs: number): PlayerEvent | undefined {
  const seconds = toSeconds(replayUs)
  switch (event.code) {
    case 'i':
      // The player shows what it gets as keys; reports of the terminal are none.
      return event.keystroke !== undefined ? [seconds, 'i', event.text] : undefined
    case 'r':
      return [seconds, 'r', `${event.columns}x${event.rows}`]
    case 'x':
      return [seconds, 'x', `${event.status}`]
    case 'o':
    case 'm':
      return [seconds, event.code, event.text]
  }
}

function replayOf(
  segments: readonly Segment[],
  markers: ReplayIndex['markers'],
  durationUs: number,
  clock: ReplayClock,
): Replay {
  const first = segments[0]?.size ?? terminalSize(0, 0)
  return {
    index: (urlOf) => ({
      version: 1,
      term: { cols: first.columns, rows: first.rows },
      duration: toSeconds(durationUs),
      markers,
      segments: segments.map(({ startUs }, n) => ({ start: toSeconds(startUs), url: urlOf(n) })),
    }),

    segment(n) {
      const found = segments[n]
      if (found === undefined) return undefined
      const { size, init, events } = found
      return { snapshot: { cols: size.columns, rows: size.rows, init }, events }
    },

    toReplayUs: (atUs) => clock.toReplayUs(atUs),
    resumptions: () => clock.resumptions(),
  }
}

function toSeconds(us: number): number {
  return us / 1_000_000
}
