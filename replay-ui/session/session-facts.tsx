import { For, type JSX, Show } from 'solid-js'
import type { SessionDetail } from '#shared/api.ts'
import { showBytes, showCount, showLength } from '../format/amount.ts'
import { browserZone, showSpan } from '../format/instant.ts'
import { mayKillSession, usePages } from '../pages-context.ts'
import { texts } from '../texts.ts'
import { LiveMark } from '../widgets/live-mark.tsx'
import { KillSession } from './kill-session.tsx'
import { SealFact } from './seal-fact.tsx'

/** Who did what, where, when, and how it ended. */
export function SessionFacts(props: { session: SessionDetail; onReload: () => void }) {
  const { principal } = usePages()
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
          <div class="actions">
            <button type="button" onClick={() => props.onReload()}>
              {texts.reload}
            </button>
            <Show when={mayKillSession(principal, props.session.staff)}>
              <KillSession session={props.session.id} staff={props.session.staff} onEnded={() => props.onReload()} />
            </Show>
          </div>
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
  const facts: readonly (readonly [string, JSX.Element | undefined | null])[] = [
    [words.staff, session.staff],
    [words.client, <a href={`/clients/${session.client}`}>{session.client}</a>],
    [words.task, session.task],
    [words.reason, session.reason],
    [words.time, `${showSpan(session.startedAt, session.endedAt)} (${browserZone()})`],
    [words.length, showLength(session.lengthMs)],
    [words.from, session.sourceAddress],
    [words.keystrokes, showCount(session.keystrokes)],
    [words.bytes, words.inAndOut(showBytes(session.bytesIn), showBytes(session.bytesOut))],
    [words.end, endOf(session)],
    [words.seal, <SealFact session={session} />],
  ]
  return facts.flatMap(([name, value]) => (value === null || value === undefined ? [] : [{ name, value }]))
}

/** `exit 0 · closed by staff`; undefined while nothing of it is known. */
function endOf(session: SessionDetail): string | undefined {
  const parts = [
    session.exitSignal === null ? null : texts.exit.signal(session.exitSignal),
    session.exitStatus === null ? null : texts.exit.status(session.exitStatus),
    session.state === 'interrupted' ? texts.sessions.interrupted : null,
    session.endReason,
  ]
  return parts.filter((part) => part !== null).join(' · ') || undefined
}
