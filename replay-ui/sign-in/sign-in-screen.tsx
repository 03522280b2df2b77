import { Show } from 'solid-js'
import type { SignedOut } from '../account.ts'
import { texts } from '../texts.ts'
import './sign-in.css'

/** Shown to whoever is not signed in: why, and how to get a link. */
export function SignInScreen(props: { why: SignedOut }) {
  const message = () => (props.why.reason === 'failed' ? props.why.message : texts.signIn.why[props.why.reason])
  return (
    <main class="sign-in">
      <h1>{texts.product}</h1>
      <Show when={message()}>
        {(sentence) => (
          <p role="alert" classList={{ notice: true, bad: ['link-refused', 'failed'].includes(props.why.reason) }}>
            {sentence()}
          </p>
        )}
      </Show>
      <h2>{texts.signIn.staff}</h2>
      <p>{texts.signIn.staffHow}</p>
      <pre class="command">ssh bastion login</pre>
      <h2>{texts.signIn.clientUser}</h2>
      <p>{texts.signIn.clientUserHow}</p>
      <Show when={props.why.reason === 'failed'}>
        <p>
          <button type="button" onClick={() => location.reload()}>
            {texts.retry}
          </button>
        </p>
      </Show>
    </main>
  )
}
