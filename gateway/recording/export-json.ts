import type { RecordedEvent } from './event.ts'

export interface ExportedChannel {
  /** What `session show --json` says of the channel. */
  readonly about: Readonly<Record<string, unknown>>
  readonly events: AsyncIterable<RecordedEvent>
}

/**
 * A whole session as one JSON document in pieces: `{version, session, channels: [{…about, events: [{seq, atUs, kind,
 * data}]}]}`. Lossless: `data` is base64, `atUs` microseconds since the session's start.
 */
export async function* exportJson(
  session: Readonly<Record<string, unknown>>,
  channels: Iterable<ExportedChannel>,
): AsyncGenerator<string> {
  yield `{"version":1,"session":${JSON.stringify(session)},"channels":[`
  let betweenChannels = ''
  for (const { about, events } of channels) {
    const members = JSON.stringify({ ...about, events: [] }).slice(0, -2)
    yield `${betweenChannels}${members}`
    betweenChannels = ','
    let betweenEvents = '\n'
    for await (const { seq, atUs, kind, data } of events) {
      yield betweenEvents + JSON.stringify({ seq, atUs, kind, data: data.toString('base64') })
      betweenEvents = ',\n'
    }
    yield ']}'
  }
  yield ']}\n'
}
