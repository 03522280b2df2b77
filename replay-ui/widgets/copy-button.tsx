import { createSignal, onCleanup } from 'solid-js'
import { texts } from '../texts.ts'

/** How long the button says that it copied. */
const SHOWN_MS = 2000

/** Puts `text` on the clipboard and says whether that worked. */
export function CopyButton(props: { text: string; label?: string }) {
  const [outcome, setOutcome] = createSignal<'idle' | 'copied' | 'failed'>('idle')
  let timer: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(timer))
  async function copy(): Promise<void> {
    try {
      // Undefined, and so a TypeError, on plain http pages other than localhost.
      await navigator.clipboard.writeText(props.text)
      setOutcome('copied')
    } catch {
      setOutcome('failed')
    }
    clearTimeout(timer)
    timer = setTimeout(() => setOutcome('idle'), SHOWN_MS)
  }
  return (
    <button type="button" class="copy" onClick={() => void copy()}>
      <span aria-live="polite">
        {outcome() === 'idle' && props.label !== undefined ? props.label : texts.copy[outcome()]}
      </span>
    </button>
  )
}
