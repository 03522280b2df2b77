import { createSignal, onCleanup, onMount, Show } from 'solid-js'
import { REASON_LENGTH_MAX } from '#shared/task-text.ts'
import { usePages } from '../pages-context.ts'
import { texts } from '../texts.ts'
import { Failure } from '../widgets/failure.tsx'

/** A session that is killed has ended within a second: then the page tells so. */
const SESSION_ENDS_MS = 1200

/** The button that ends somebody's live session, with the question what they should read. */
export function KillSession(props: { session: string; staff: string; onEnded: () => void }) {
  const [asking, setAsking] = createSignal(false)
  const [ending, setEnding] = createSignal(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(timer))

  function killed(): void {
    setAsking(false)
    setEnding(true)
    timer = setTimeout(() => {
      setEnding(false)
      props.onEnded()
    }, SESSION_ENDS_MS)
  }

  return (
    <>
      <button type="button" class="danger" disabled={ending()} onClick={() => setAsking(true)}>
        {ending() ? texts.kill.ending : texts.kill.open}
      </button>
      <Show when={asking()}>
        <KillDialog session={props.session} staff={props.staff} onKilled={killed} onClose={() => setAsking(false)} />
      </Show>
    </>
  )
}

function KillDialog(props: { session: string; staff: string; onKilled: () => void; onClose: () => void }) {
  const { api } = usePages()
  const [message, setMessage] = createSignal('')
  const [busy, setBusy] = createSignal(false)
  const [failure, setFailure] = createSignal<unknown>()
  let dialog: HTMLDialogElement | undefined
  onMount(() => dialog?.showModal())

  async function kill(): Promise<void> {
    setBusy(true)
    setFailure(undefined)
    const text = message().trim()
    try {
      await api.killSession(props.session, text === '' ? {} : { message: text })
      props.onKilled()
    } catch (cause) {
      setFailure(cause)
    } finally {
      setBusy(false)
    }
  }

  return (
    <dialog
      ref={(element) => (dialog = element)}
      aria-labelledby="kill-title"
      aria-describedby="kill-what"
      onClose={() => props.onClose()}
    >
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault()
          if (!busy()) void kill()
        }}
      >
        <h2 id="kill-title">{texts.kill.title(props.staff)}</h2>
        <p id="kill-what">{texts.kill.what}</p>
        <Show when={failure()}>{(cause) => <Failure of={cause()} />}</Show>
        <div class="field">
          <label for="kill-message">{texts.kill.message}</label>
          <input
            id="kill-message"
            autocomplete="off"
            maxlength={REASON_LENGTH_MAX}
            value={message()}
            onInput={(event) => setMessage(event.currentTarget.value)}
          />
        </div>
        <div class="actions">
          <button type="button" onClick={() => dialog?.close()}>
            {texts.kill.keep}
          </button>
          <button type="submit" class="danger" disabled={busy()}>
            {texts.kill.kill}
          </button>
        </div>
      </form>
    </dialog>
  )
}
