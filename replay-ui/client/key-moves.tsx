import { createSignal, Show } from 'solid-js'
import type { SupportKeyView } from '#shared/api.ts'
import type { KeyMove } from '../api/gatebook-api.ts'
import { usePages } from '../pages-context.ts'
import { texts } from '../texts.ts'
import { Failure } from '../widgets/failure.tsx'
import { RevokeDialog } from './revoke-dialog.tsx'

/** The switches of a support key that can still be used: pause or resume, and revoke. */
export function KeyMoves(props: { current: SupportKeyView; onMoved: (changed: SupportKeyView) => void }) {
  const { api } = usePages()
  const [asking, setAsking] = createSignal(false)
  const [busy, setBusy] = createSignal(false)
  const [failure, setFailure] = createSignal<unknown>()
  const pauseOrResume = () => (props.current.state === 'active' ? 'pause' : 'resume')

  async function move(by: KeyMove): Promise<void> {
    setBusy(true)
    setFailure(undefined)
    try {
      props.onMoved(await api.moveSupportKey(props.current.client, by))
    } catch (cause) {
      setFailure(cause)
    } finally {
      setBusy(false)
      setAsking(false)
    }
  }

  return (
    <>
      <Show when={failure()}>{(cause) => <Failure of={cause()} />}</Show>
      <div class="actions">
        <button type="button" disabled={busy()} onClick={() => void move(pauseOrResume())}>
          {texts.key[pauseOrResume()]}
        </button>
        <button type="button" class="danger" disabled={busy()} onClick={() => setAsking(true)}>
          {texts.key.revoke}
        </button>
      </div>
      <Show when={asking()}>
        <RevokeDialog
          slug={props.current.client}
          busy={busy()}
          onRevoke={() => void move('revoke')}
          onClose={() => setAsking(false)}
        />
      </Show>
    </>
  )
}
