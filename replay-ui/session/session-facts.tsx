import { For, type JSX, Show } from 'solid-js'
import type { SessionDetail } from '#shared/api.ts'
import { showBytes, showCount, showLength } from '../format/amount.ts'
import { browserZone, showSecond } from '../format/instant.ts'
import { texts } from '../texts.ts'
import { LiveMark } from '../widgets/live-mark.tsx'

/** Who did what, where, when, and how it ended. */
export function SessionFacts(props: { session: SessionDetail; onReload: () => void }) {
  const words = texts.session
  return (
    <header class="sheet session-facts">
      <div class="sheet-head">
        <h1>
          <span class="login">{props.session.login}@</span>
          {props.session.target}{' '}
          <Show when={props.session.live}>
            <LiveMark />
          </Show>
        </h1>
        <Show when={props.session.live}>
          <button type="button" onClick={() => props.onReload()}>
            {texts.reload}
          </button>
        </Show>
      </div>
      <Show when={props.session.live}>
        <p class="hint">{words.liveMeaning}</p>
      </Show>
      <dl class="facts">
        <For each={factsOf(props.session)}>
          {(fact) => (
            <div>
              <dt>{fact.name}</dt>
              <dd>{fact.value}</dd>
            </div>
          )}
        </For>
      </dl>
    </header>
  )
}

function factsOf(session: SessionDetail): readonly { readonly name: string; readonly value: JSX.Element }[] {
  const words = texts.session.facts
  const exit =
    session.exitSignal === null
      ? session.exitStatus === null
        ? undefined
        : texts.exit.status(session.exitStatus)
      : texts.exit.signal(session.exitSignal)
  const facts: readonly (readonly [string, JSX.Element | undefined | null])[] = [
    [words.staff, session.staff],
    [words.client, <a href={`/clients/${session.client}`}>{session.client}</a>],
    [words.task, session.task],
    [words.reason, session.reason],
    [words.started, `${showSecond(session.startedAt)} (${browserZone()})`],
    [words.ended, session.endedAt === null ? null : showSecond(session.endedAt)],
    [words.length, showLength(session.lengthMs)],
    [words.from, session.sourceAddress],
    [words.keystrokes, showCount(session.keystrokes)],
    [words.bytes, words.inAndOut(showBytes(session.bytesIn), showBytes(session.bytesOut))],
    [words.exit, exit],
    [words.end, session.state === 'interrupted' ? texts.session.interrupted(session.endReason) : session.endReason],
  ]
  return facts.flatMap(([name, value]) => (value === null || value === undefined ? [] : [{ name, value }]))
}
