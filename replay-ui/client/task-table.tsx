import { createSignal, For, Show } from 'solid-js'
import type { TaskView } from '#shared/task.ts'
import { showLength } from '../format/amount.ts'
import { showMinute } from '../format/instant.ts'
import { hrefOf } from '../navigation/href.ts'
import { mayCloseTasks, usePages } from '../pages-context.ts'
import { texts } from '../texts.ts'
import './task-table.css'

/** Tasks as rows, each with the way to its sessions; `onMove` closes an open one and opens a closed one. */
export function TaskTable(props: {
  tasks: readonly TaskView[]
  caption: string
  onMove: (task: TaskView) => Promise<void>
}) {
  const { principal } = usePages()
  const columns = texts.tasks.columns
  return (
    <table class="task-table">
      <caption class="unseen">{props.caption}</caption>
      <thead>
        <tr>
          <th scope="col">{columns.number}</th>
          <th scope="col">{columns.title}</th>
          <th scope="col">{columns.raised}</th>
          <th scope="col" class="number">
            {columns.reaction}
          </th>
          <Show when={mayCloseTasks(principal)}>
            <th scope="col">
              <span class="unseen">{columns.move}</span>
            </th>
          </Show>
        </tr>
      </thead>
      <tbody>
        <For each={props.tasks}>
          {(task) => <TaskRow task={task} mayMove={mayCloseTasks(principal)} onMove={props.onMove} />}
        </For>
      </tbody>
    </table>
  )
}

function TaskRow(props: { task: TaskView; mayMove: boolean; onMove: (task: TaskView) => Promise<void> }) {
  const [busy, setBusy] = createSignal(false)
  const move = () => {
    setBusy(true)
    void props.onMove(props.task).finally(() => setBusy(false))
  }
  const label = () => texts.tasks.move[props.task.status]
  return (
    <tr>
      <th scope="row">
        <a href={hrefOf('/sessions', { client: props.task.client, task: props.task.number })}>{props.task.number}</a>
      </th>
      <td class="what">
        {props.task.title}
        <Show when={props.task.kind === 'incident'}>
          <span class="tag warn">{texts.tasks.kind.incident}</span>
        </Show>
        <Show when={props.task.estimateMinutes}>
          {(minutes) => <span class="tag">{texts.tasks.estimate(minutes())}</span>}
        </Show>
        <Show when={props.task.note !== ''}>
          <p class="note hint">{props.task.note}</p>
        </Show>
      </td>
      <td class="raised">
        <time datetime={props.task.raisedAt}>{showMinute(props.task.raisedAt)}</time>
        <p class="hint">{texts.tasks.by(props.task.raisedBy)}</p>
      </td>
      <td class="number">{props.task.reactionMs === null ? '' : showLength(props.task.reactionMs)}</td>
      <Show when={props.mayMove}>
        <td>
          <button type="button" disabled={busy()} aria-label={`${label()} ${props.task.number}`} onClick={move}>
            {label()}
          </button>
        </td>
      </Show>
    </tr>
  )
}
