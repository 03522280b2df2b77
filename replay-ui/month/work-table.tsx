import { For, Show } from 'solid-js'
import type { StatementLine, StatementView } from '#shared/statement.ts'
import { showCount, showLength } from '../format/amount.ts'
import { showDay } from '../format/instant.ts'
import { texts } from '../texts.ts'
import { monthTexts } from './month-texts.ts'

/** What was done in a month; each line leads to the recording it began in. */
export function WorkTable(props: { lines: readonly StatementLine[]; totals: StatementView['totals'] }) {
  const columns = monthTexts.columns
  return (
    <table class="work-table">
      <thead>
        <tr>
          <th scope="col">{columns.when}</th>
          <th scope="col">{columns.task}</th>
          <th scope="col">{columns.targets}</th>
          <th scope="col">{columns.staff}</th>
          <th scope="col" class="number">
            {columns.measured}
          </th>
          <th scope="col" class="number">
            {columns.charged}
          </th>
        </tr>
      </thead>
      <tbody>
        <For each={props.lines}>{(line) => <WorkLine line={line} />}</For>
      </tbody>
      <tfoot>
        <tr>
          <th scope="row" colspan="4">
            {texts.minutes.total}
          </th>
          <td class="number">{showLength(props.totals.exactMs)}</td>
          <td class="number">{showCount(props.totals.charged)}</td>
        </tr>
      </tfoot>
    </table>
  )
}

function WorkLine(props: { line: StatementLine }) {
  const targets = () => [...new Set(props.line.sessions.map(({ target }) => target))].join(', ')
  return (
    <tr>
      <td>
        <a href={`/sessions/${props.line.sessions[0]!.id}`}>
          {showDay(props.line.day)} {props.line.at}
        </a>
        <Show when={props.line.provisional}>
          {' '}
          <span class="tag">{texts.minutes.provisional}</span>
        </Show>
      </td>
      <td>{props.line.task ?? '—'}</td>
      <td>{targets()}</td>
      <td>{props.line.staff}</td>
      <td class="number">{showLength(props.line.exactMs)}</td>
      <td class="number">{showCount(props.line.charged)}</td>
    </tr>
  )
}
