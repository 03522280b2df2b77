import { createSignal, onMount, Show } from 'solid-js'
import type { TaskKind, TaskView } from '#shared/task.ts'
import { NOTE_LENGTH_MAX, TITLE_LENGTH_MAX } from '#shared/task-text.ts'
import { usePages } from '../pages-context.ts'
import { texts } from '../texts.ts'
import { Failure } from '../widgets/failure.tsx'

/** Asks what is to be done, and raises it as a task of the client. */
export function RaiseTaskDialog(props: { slug: string; onRaised: (task: TaskView) => void; onClose: () => void }) {
  const { api } = usePages()
  const words = texts.tasks.form
  const [title, setTitle] = createSignal('')
  const [note, setNote] = createSignal('')
  const [kind, setKind] = createSignal<TaskKind>('request')
  const [busy, setBusy] = createSignal(false)
  const [failure, setFailure] = createSignal<unknown>()
  let dialog: HTMLDialogElement | undefined
  onMount(() => dialog?.showModal())

  async function raise(): Promise<void> {
    setBusy(true)
    setFailure(undefined)
    try {
      props.onRaised(await api.raiseTask({ client: props.slug, title: title(), kind: kind(), note: note() }))
    } catch (cause) {
      setFailure(cause)
    } finally {
      setBusy(false)
    }
  }

  return (
    <dialog ref={(element) => (dialog = element)} aria-labelledby="raise-title" onClose={() => props.onClose()}>
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault()
          if (!busy()) void raise()
        }}
      >
        <h2 id="raise-title">{words.heading}</h2>
        <Show when={failure()}>{(cause) => <Failure of={cause()} />}</Show>
        <div class="field">
          <label for="task-title">{words.title}</label>
          <input
            id="task-title"
            required
            maxlength={TITLE_LENGTH_MAX}
            value={title()}
            onInput={(event) => setTitle(event.currentTarget.value)}
          />
        </div>
        <KindField onChange={setKind} />
        <NoteField onInput={setNote} />
        <div class="actions">
          <button type="button" onClick={() => dialog?.close()}>
            {words.cancel}
          </button>
          <button type="submit" disabled={title().trim() === '' || busy()}>
            {words.raise}
          </button>
        </div>
      </form>
    </dialog>
  )
}

function KindField(props: { onChange: (kind: TaskKind) => void }) {
  return (
    <div class="field">
      <label for="task-kind">{texts.tasks.form.kind}</label>
      <select id="task-kind" onChange={(event) => props.onChange(event.currentTarget.value as TaskKind)}>
        <option value="request">{texts.tasks.kind.request}</option>
        <option value="incident">{texts.tasks.kind.incident}</option>
      </select>
    </div>
  )
}

function NoteField(props: { onInput: (note: string) => void }) {
  return (
    <div class="field">
      <label for="task-note">{texts.tasks.form.note}</label>
      <textarea
        id="task-note"
        rows="4"
        maxlength={NOTE_LENGTH_MAX}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
    </div>
  )
}
