import { createResource, createSignal, For, Show } from 'solid-js'
import type { TaskStatus, TaskView } from '#shared/task.ts'
import { mayRaiseTasks, usePages } from '../pages-context.ts'
import { texts } from '../texts.ts'
import { Failure } from '../widgets/failure.tsx'
import { Loaded } from '../widgets/loaded.tsx'
import { RaiseTaskDialog } from './raise-task-dialog.tsx'
import { TaskTable } from './task-table.tsx'

const statuses: readonly TaskStatus[] = ['open', 'closed']

/** The client's tasks: those that are open, or closed, and a way to raise one. */
export function TasksCard(props: { slug: string }) {
  const { api, principal } = usePages()
  const [status, setStatus] = createSignal<TaskStatus>('open')
  const [raising, setRaising] = createSignal(false)
  const [raised, setRaised] = createSignal('')
  const [failure, setFailure] = createSignal<unknown>()
  const [tasks, { refetch }] = createResource(() => ({ client: props.slug, status: status() }), api.tasks)

  async function move(task: TaskView): Promise<void> {
    setFailure(undefined)
    try {
      await api.moveTask(task.number, task.status === 'open' ? 'close' : 'reopen')
    } catch (cause) {
      setFailure(cause)
    }
    await refetch()
  }

  function showRaised({ number }: TaskView): void {
    setRaising(false)
    setRaised(texts.tasks.raised(number))
    if (status() === 'open') void refetch()
    else setStatus('open')
  }

  return (
    <section class="sheet" aria-labelledby="tasks-title">
      <div class="sheet-head">
        <h2 id="tasks-title">{texts.tasks.title}</h2>
        <Show when={mayRaiseTasks(principal)}>
          <button type="button" onClick={() => setRaising(true)}>
            {texts.tasks.raise}
          </button>
        </Show>
      </div>
      <StatusChoice chosen={status()} onChoose={setStatus} />
      <p class="unseen" role="status">
        {raised()}
      </p>
      <Show when={failure()}>{(cause) => <Failure of={cause()} />}</Show>
      <Loaded resource={tasks} onRetry={() => void refetch()}>
        {(page) => (
          <Show when={page().items.length > 0} fallback={<p class="empty">{texts.tasks.none[status()]}</p>}>
            <TaskTable tasks={page().items} caption={texts.tasks.caption[status()]} onMove={move} />
            <Show when={page().nextCursor !== null}>
              <p class="hint">{texts.tasks.more(page().items.length)}</p>
            </Show>
          </Show>
        )}
      </Loaded>
      <Show when={raising()}>
        <RaiseTaskDialog slug={props.slug} onRaised={showRaised} onClose={() => setRaising(false)} />
      </Show>
    </section>
  )
}

function StatusChoice(props: { chosen: TaskStatus; onChoose: (status: TaskStatus) => void }) {
  return (
    <div class="actions" role="group" aria-label={texts.tasks.which}>
      <For each={statuses}>
        {(status) => (
          <button
            type="button"
            class="quiet"
            aria-pressed={props.chosen === status}
            onClick={() => props.onChoose(status)}
          >
            {texts.tasks.status[status]}
          </button>
        )}
      </For>
    </div>
  )
}
