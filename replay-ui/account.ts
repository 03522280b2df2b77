import { createSignal } from 'solid-js'
import type { PrincipalView } from '#shared/api.ts'
import { ApiFailure } from './api/api-failure.ts'
import { createApi } from './api/gatebook-api.ts'

/** Why nobody is signed in; `failed` carries the sentence of the API. */
export type SignedOut =
  | { readonly reason: 'never' | 'ended' | 'left' | 'link-refused' }
  | { readonly reason: 'failed'; readonly message: string }

export type SignInState =
  | { readonly phase: 'checking' }
  | { readonly phase: 'signed-in'; readonly principal: PrincipalView }
  | { readonly phase: 'signed-out'; readonly why: SignedOut }

/** Who is signed in, and the API as they reach it. A 401 to any call signs them out here too. */
export function createAccount() {
  const [state, setState] = createSignal<SignInState>({ phase: 'checking' })
  const signedOut = (why: SignedOut) => setState({ phase: 'signed-out', why })
  const api = createApi(() => signedOut({ reason: 'ended' }))

  /** Uses the token of a sign-in link if there is one, else asks who the cookie belongs to. */
  async function start(token: string | undefined): Promise<void> {
    setState({ phase: 'checking' })
    try {
      const principal = await (token === undefined ? api.me() : api.signIn(token))
      setState({ phase: 'signed-in', principal })
    } catch (failure) {
      signedOut(whySignedOut(failure, token))
    }
  }

  async function signOut(): Promise<void> {
    try {
      await api.signOut()
      signedOut({ reason: 'left' })
    } catch (failure) {
      signedOut(whySignedOut(failure, undefined))
    }
  }

  return { api, state, start, signOut }
}

/** The token of a sign-in link, `{publicUrl}/sign-in#TOKEN`. Taking it removes it from the address and so from the history. */
export function takeSignInToken(): string | undefined {
  if (location.pathname !== '/sign-in') return undefined
  const token = location.hash.slice(1)
  history.replaceState(null, '', '/')
  return token === '' ? undefined : token
}

function whySignedOut(failure: unknown, token: string | undefined): SignedOut {
  const status = failure instanceof ApiFailure ? failure.problem.status : undefined
  if (status === 401 && token === undefined) return { reason: 'never' }
  if (token !== undefined && status !== undefined && status >= 400 && status < 500 && status !== 429) {
    return { reason: 'link-refused' }
  }
  return { reason: 'failed', message: failure instanceof Error ? failure.message : String(failure) }
}
