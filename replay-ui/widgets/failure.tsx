import { Show } from 'solid-js'
import { ApiFailure } from '../api/api-failure.ts'
import { texts } from '../texts.ts'

/** What went wrong as sentences, with a way to try again where trying may help. */
export function Failure(props: { of: unknown; onRetry?: (() => void) | undefined }) {
  const problem = () => (props.of instanceof ApiFailure ? props.of.problem : undefined)
  return (
    <div class="notice bad" role="alert">
      <p>
        <strong>{problem()?.title ?? texts.problem.inPage}</strong>
        <Show when={problem()?.detail}>{(detail) => <>: {detail()}</>}</Show>
      </p>
      <Show when={props.onRetry}>
        {(retry) => (
          <button type="button" onClick={() => retry()()}>
            {texts.retry}
          </button>
        )}
      </Show>
    </div>
  )
}
