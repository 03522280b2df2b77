import { createSignal, createUniqueId, For, Show } from 'solid-js'
import type { TimeLine, TimeReport } from '#shared/api.ts'
import { showCount, showLength } from '../format/amount.ts'
import { showDay } from '../format/instant.ts'
import { texts } from '../texts.ts'
import { LineSessions } from './line-sessions.tsx'

/** The lines of one client with their sum. Days are the client's own. */
export function MinutesTable(props: {
  name: string
  zone: string | undefined
  lines: readonly TimeLine[]
  totals: TimeReport['totals'][number]
}) {
  const columns = texts.minutes.columns
  const provisional = () => props.lines.some((line) => line.provisional)
  return (
    <table class="minutes-table">
      <caption>
        {props.name}
        <Show when={props.zone}>{(zone) => <span class="hint"> · {texts.minutes.daysIn(zone())}</span>}</Show>
      </caption>
      <thead>
        <tr>
          <th scope="col">{columns.day}</th>
          <th scope="col">{columns.staff}</th>
          <th scope="col">{columns.task}</th>
          <th scope="col" class="number">
            {columns.exact}
          </th>
          <th scope="col" class="number">
            {columns.minutes}
          </th>
          <th scope="col" class="number">
            {columns.charged}
          </th>
          <th scope="col">{columns.sessions}</th>
        </tr>
      </thead>
      <tbody>
        <For each={props.lines}>{(line) => <MinutesLine line={line} />}</For>
      </tbody>
      <tfoot>
        <tr>
          <th scope="row" colspan="4">
            {texts.minutes.total}{' '}
            <Show when={provisional()}>
              <span class="tag">{texts.minutes.provisional}</span>
            </Show>
          </th>
          <td class="amount number" data-label={columns.minutes}>
            {showCount(props.totals.minutes)}
          </td>
          <td class="charged number" data-label={columns.charged}>
            {showCount(props.totals.charged)}
          </td>
          <td />
        </tr>
      </tfoot>
    </table>
  )
}

function MinutesLine(props: { line: TimeLine }) {
  const [open, setOpen] = createSignal(false)
  const id = createUniqueId()
  const words = texts.minutes
  const theOnlySession = () => (props.line.sessions.length === 1 ? props.line.sessions[0] : undefined)
  return (
    <>
      <tr>
        <th scope="row" class="day">
          <time datetime={props.line.day}>{showDay(props.line.day)}</time>
        </th>
        <td class="staff">{props.line.staff}</td>
        <td class="task">
          {props.line.task ?? <span class="hint">{words.noTask}</span>}
          <Show when={props.line.band}>{(band) => <span class="tag">{band()}</span>}</Show>
          <Show when={!props.line.billable}>
            <span class="tag">{words.notBillable}</span>
          </Show>
          <Show when={props.line.provisional}>
            <span class="tag warn">{words.provisional}</span>
          </Show>
        </td>
        <td class="exact number">{showLength(props.line.exactMs)}</td>
        <td class="amount number" data-label={words.columns.minutes}>
          {showCount(props.line.minutes)}
        </td>
        <td class="charged number" data-label={words.columns.charged}>
          {showCount(props.line.charged)}
        </td>
        <td class="sessions">
          <Show
            when={theOnlySession()}
            fallback={
              <button
                type="button"
                class="link"
                aria-expanded={open()}
                aria-controls={id}
                onClick={() => setOpen(!open())}
              >
                {words.sessions(props.line.sessions.length)}
              </button>
            }
          >
            {(session) => <a href={`/sessions/${session()}`}>{words.replay}</a>}
          </Show>
        </td>
      </tr>
      <tr id={id} class="line-sessions" hidden={!open()}>
        <td colspan="7">
          <Show when={open()}>
            <LineSessions ids={props.line.sessions} />
          </Show>
        </td>
      </tr>
    </>
  )
}
