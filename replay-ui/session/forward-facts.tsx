import { For } from 'solid-js'
import type { ChannelView, SessionDetail } from '#shared/api.ts'
import { showBytes, showCount } from '../format/amount.ts'
import { showSpan } from '../format/instant.ts'
import { texts } from '../texts.ts'

/** Where a forward led, when, and how much passed; its content is not on record. */
export function ForwardFacts(props: { session: SessionDetail; channel: ChannelView }) {
  const words = texts.session.forward
  const facts = (): readonly (readonly [string, string])[] => {
    const { kind, command, openedMs, closedMs, bytesIn, bytesOut } = props.channel
    const at = (ms: number) => new Date(Date.parse(props.session.startedAt) + ms).toISOString()
    return [
      [kind === null ? texts.session.opening : texts.session.kind[kind], command ?? ''],
      [words.time, showSpan(at(openedMs), closedMs === null ? null : at(closedMs))],
      [words.toTarget, words.bytes(showBytes(bytesIn), showCount(bytesIn))],
      [words.toStaff, words.bytes(showBytes(bytesOut), showCount(bytesOut))],
    ]
  }
  return (
    <section class="sheet session-facts">
      <dl class="facts">
        <For each={facts()}>
          {([name, value]) => (
            <div>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          )}
        </For>
      </dl>
      <p class="hint">{words.meaning}</p>
    </section>
  )
}
