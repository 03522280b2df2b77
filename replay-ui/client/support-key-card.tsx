import { createResource, Match, Show, Switch } from 'solid-js'
import type { SupportKeyView } from '#shared/api.ts'
import { ApiFailure } from '../api/api-failure.ts'
import { showMinute } from '../format/instant.ts'
import { mayMoveKeys, usePages } from '../pages-context.ts'
import { texts } from '../texts.ts'
import { CopyButton } from '../widgets/copy-button.tsx'
import { Failure } from '../widgets/failure.tsx'
import { isReady } from '../widgets/loaded.tsx'
import { Pending } from '../widgets/pending.tsx'
import { KeyMoves } from './key-moves.tsx'

/** The client's support key: its state, the line that lets it in, and the switches of who may use them. */
export function SupportKeyCard(props: { slug: string; onMoved: () => void }) {
  const { api } = usePages()
  const [key, { mutate, refetch }] = createResource(() => props.slug, api.supportKey)
  const neverIssued = () => key.error instanceof ApiFailure && key.error.problem.status === 404
  const moved = (changed: SupportKeyView) => {
    mutate(changed)
    props.onMoved()
  }
  return (
    <section class="sheet" aria-labelledby="key-title">
      <h2 id="key-title">{texts.key.title}</h2>
      <Switch fallback={<Pending what={texts.loading} />}>
        <Match when={neverIssued()}>
          <p class="empty">{texts.key.none}</p>
        </Match>
        <Match when={key.state === 'errored'}>
          <Failure of={key.error} onRetry={() => void refetch()} />
        </Match>
        <Match when={isReady(key) && key.latest}>
          {(current) => <SupportKey current={current()} onMoved={moved} />}
        </Match>
      </Switch>
    </section>
  )
}

function SupportKey(props: { current: SupportKeyView; onMoved: (changed: SupportKeyView) => void }) {
  const { principal } = usePages()
  const usable = () => props.current.state === 'active' || props.current.state === 'paused'
  return (
    <>
      <p class="key-state">
        <span class={`state ${props.current.state}`}>{texts.key.state[props.current.state]}</span>{' '}
        {texts.key.meaning[props.current.state]}
      </p>
      <dl class="facts">
        <dt>{texts.key.fingerprint}</dt>
        <dd class="code">{props.current.fingerprint}</dd>
        <dt>{texts.key.issued}</dt>
        <dd>{showMinute(props.current.createdAt)}</dd>
        <dt>{texts.key.changed}</dt>
        <dd>{texts.key.changedBy(showMinute(props.current.changedAt), props.current.changedBy)}</dd>
      </dl>
      <Show when={usable()}>
        <p class="hint" id="install-hint">
          {texts.key.install}
        </p>
        <div class="install">
          <pre class="command" tabindex="0" aria-describedby="install-hint">
            {props.current.authorizedKeysLine}
          </pre>
          <CopyButton text={props.current.authorizedKeysLine} />
        </div>
      </Show>
      <Show when={usable() && mayMoveKeys(principal)}>
        <KeyMoves current={props.current} onMoved={props.onMoved} />
      </Show>
    </>
  )
}
