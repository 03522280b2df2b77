import { createSignal, onMount } from 'solid-js'
import { texts } from '../texts.ts'

/** Asks for the client's slug before the support key is revoked, which nothing can take back. */
export function RevokeDialog(props: { slug: string; busy: boolean; onRevoke: () => void; onClose: () => void }) {
  const [typed, setTyped] = createSignal('')
  const confirmed = () => typed().trim() === props.slug
  let dialog: HTMLDialogElement | undefined
  onMount(() => dialog?.showModal())
  return (
    <dialog
      ref={(element) => (dialog = element)}
      aria-labelledby="revoke-title"
      aria-describedby="revoke-what"
      onClose={() => props.onClose()}
    >
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault()
          if (confirmed() && !props.busy) props.onRevoke()
        }}
      >
        <h2 id="revoke-title">{texts.revoke.title(props.slug)}</h2>
        <p id="revoke-what">{texts.revoke.what}</p>
        <div class="field">
          <label for="revoke-slug">{texts.revoke.type(props.slug)}</label>
          <input
            id="revoke-slug"
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            value={typed()}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </div>
        <div class="actions">
          <button type="button" onClick={() => dialog?.close()}>
            {texts.revoke.keep}
          </button>
          <button type="submit" class="danger" disabled={!confirmed() || props.busy}>
            {texts.revoke.revoke}
          </button>
        </div>
      </form>
    </dialog>
  )
}
