import { createResource, createSignal, Match, Show, Switch } from 'solid-js'
import type { SessionDetail } from '#shared/api.ts'
import type { SessionVerification } from '#shared/seal.ts'
import { showLength } from '../format/amount.ts'
import { usePages } from '../pages-context.ts'
import { texts } from '../texts.ts'
import { isReady } from '../widgets/loaded.tsx'

/** Bytes; verifying reads the whole record, so of a larger one it waits to be asked. */
const VERIFY_AT_ONCE_MAX = 16_000_000

/** What is signed of the session, and whether its record still is what was signed. */
export function SealFact(props: { session: SessionDetail }) {
  const { api } = usePages()
  const words = texts.session.seal
  const [asked, setAsked] = createSignal(false)
  const wanted = () => asked() || props.session.bytesIn + props.session.bytesOut <= VERIFY_AT_ONCE_MAX
  // A reload of a session that goes on verifies what has come since.
  const [verified] = createResource(
    () => (wanted() ? props.session : undefined),
    ({ id }) => api.verification(id),
  )
  const found = () => (isReady(verified) ? verified.latest : undefined)
  return (
    <Switch fallback={signed(props.session)}>
      <Match when={found()}>
        {(verification) => (
          <span classList={{ altered: verification().verdict === 'altered' }}>{verdict(verification())}</span>
        )}
      </Match>
      <Match when={verified.state === 'errored'}>{words.failed}</Match>
      <Match when={verified.loading}>
        {signed(props.session)} · {words.verifying}
      </Match>
      <Match when={!wanted()}>
        {signed(props.session)}{' '}
        <Show when={props.session.seal.state !== 'none'}>
          <button type="button" class="quiet" onClick={() => setAsked(true)}>
            {words.verify}
          </button>
        </Show>
      </Match>
    </Switch>
  )
}

function signed({ seal }: SessionDetail): string {
  return texts.session.seal.state[seal.state](showLength(seal.sealedMs))
}

function verdict(verification: SessionVerification): string {
  const { state, sealedUs, what, channel, event, atUs } = verification
  const words = texts.session.seal
  if (state === null) {
    const place = [
      channel === null ? undefined : words.channel(channel),
      event === null ? undefined : words.event(event),
      atUs === null ? undefined : words.at(showLength(atUs / 1000)),
    ]
    return words.altered(place.filter((part) => part !== undefined).join(', '), what ?? '')
  }
  return words.verified[state](showLength((sealedUs ?? 0) / 1000))
}
