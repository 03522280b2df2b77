/**
 * GET /api/v1/sessions/{id}/channels/{n}/live: server-sent events (WHATWG HTML §9.2) as the eventsource driver of
 * asciinema-player 3.18.0 reads them: a `LiveScreen` first, and again where something was passed over; `LiveEvent`s
 * between; `event: done` when the channel is over.
 */

/** What the terminal shows, as text that makes a new one of this size show it. */
export interface LiveScreen {
  readonly cols: number
  readonly rows: number
  /** Seconds since the channel's first event. */
  readonly time: number
  readonly init: string
}

/** Seconds since the channel's first event, event code of asciicast v3, data. */
export type LiveEvent = readonly [seconds: number, code: 'o' | 'i' | 'r', data: string]
