import { For, Show } from 'solid-js'
import type { SessionView } from '#shared/api.ts'
import { showCount, showLength } from '../format/amount.ts'
import { showMinute } from '../format/instant.ts'
import { texts } from '../texts.ts'
import { LiveMark } from '../widgets/live-mark.tsx'
import './session-table.css'

/** Sessions as rows, each leading to its replay; at narrow widths every row is a card. */
export function SessionTable(props: { sessions: readonly SessionView[]; caption: string }) {
  const columns = texts.sessions.columns
  return (
    <table class="session-table">
      <caption class="unseen">{props.caption}</caption>
      <thead>
        <tr>
          <th scope="col">{columns.target}</th>
          <th scope="col">{columns.started}</th>
          <th scope="col">{columns.staff}</th>
          <th scope="col">{columns.task}</th>
          <th scope="col" class="number">
            {columns.length}
          </th>
          <th scope="col" class="number">
            {columns.keystrokes}
          </th>
          <th scope="col">{columns.outcome}</th>
        </tr>
      </thead>
      <tbody>
        <For each={props.sessions}>{(session) => <SessionRow session={session} />}</For>
      </tbody>
    </table>
  )
}

function SessionRow(props: { session: SessionView }) {
  return (
    <tr>
      <th scope="row" class="target">
        <a href={`/sessions/${props.session.id}`}>
          <span class="login">{props.session.login}@</span>
          {props.session.target}
        </a>
      </th>
      <td class="started">
        <time datetime={props.session.startedAt}>{showMinute(props.session.startedAt)}</time>
      </td>
      <td class="staff">{props.session.staff}</td>
      <td class="task">{props.session.task ?? props.session.reason ?? ''}</td>
      <td class="length number">{showLength(props.session.lengthMs)}</td>
      <td class="keystrokes number">
        {showCount(props.session.keystrokes)}
        <span class="unit"> {texts.sessions.keys}</span>
      </td>
      <td class="outcome">
        <Show when={props.session.live} fallback={outcomeOf(props.session)}>
          <LiveMark />
        </Show>
      </td>
    </tr>
  )
}

/** How a session that is over came to its end, in a word or two. */
function outcomeOf(session: SessionView): string {
  if (session.exitSignal !== null) return texts.exit.signal(session.exitSignal)
  if (session.exitStatus !== null) return texts.exit.status(session.exitStatus)
  return session.state === 'interrupted' ? texts.sessions.interrupted : (session.endReason ?? '')
}
