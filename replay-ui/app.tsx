import { createEffect, ErrorBoundary, lazy, Match, on, onCleanup, onMount, Show, Suspense, Switch } from 'solid-js'
import type { PrincipalView } from '#shared/api.ts'
import { createAccount, takeSignInToken } from './account.ts'
import { AuditScreen } from './audit/audit-screen.tsx'
import { ClientScreen } from './client/client-screen.tsx'
import { ClientsScreen } from './clients/clients-screen.tsx'
import { MinutesScreen } from './minutes/minutes-screen.tsx'
import { createNavigation, type Navigation } from './navigation/address.ts'
import { Masthead } from './masthead.tsx'
import { ownClient, PagesContext } from './pages-context.ts'
import { isMonth } from './format/month.ts'
import { MonthScreen } from './month/month-screen.tsx'
import { SessionsScreen } from './sessions/sessions-screen.tsx'
import { SignInScreen } from './sign-in/sign-in-screen.tsx'
import { texts } from './texts.ts'
import { Failure } from './widgets/failure.tsx'
import { Pending } from './widgets/pending.tsx'

// The player is four fifths of the pages: it arrives when a session is opened.
const SessionScreen = lazy(async () => ({ default: (await import('./session/session-screen.tsx')).SessionScreen }))

/** The pages: the sign-in screen until somebody is signed in, then the screen the address names. */
export function App() {
  // Before anything reads the address.
  const token = takeSignInToken()
  const account = createAccount()
  const navigation = createNavigation()
  const startWithLink = () => {
    const pasted = takeSignInToken()
    if (pasted !== undefined) void account.start(pasted)
  }
  onMount(() => void account.start(token))
  // A fresh link pasted into a tab that shows the pages already changes the hash only.
  window.addEventListener('hashchange', startWithLink)
  onCleanup(() => window.removeEventListener('hashchange', startWithLink))

  const signedIn = () => {
    const state = account.state()
    return state.phase === 'signed-in' ? state.principal : undefined
  }
  const signedOut = () => {
    const state = account.state()
    return state.phase === 'signed-out' ? state.why : undefined
  }
  return (
    <Switch fallback={<Pending what={texts.signIn.checking} />}>
      <Match when={signedOut()}>{(why) => <SignInScreen why={why()} />}</Match>
      <Match when={signedIn()} keyed>
        {(principal) => (
          <PagesContext.Provider value={{ api: account.api, navigation, principal }}>
            {/* One listener for every link of the pages: links stay plain anchors. */}
            <div class="pages" onClick={(event) => navigation.followLinks(event)}>
              <Masthead
                path={navigation.address().path}
                principal={principal}
                onSignOut={() => void account.signOut()}
              />
              <Screen navigation={navigation} principal={principal} />
            </div>
          </PagesContext.Provider>
        )}
      </Match>
    </Switch>
  )
}

function Screen(props: { navigation: Navigation; principal: PrincipalView }) {
  const path = () => props.navigation.address().path
  const home = () => {
    const client = ownClient(props.principal)
    return client === undefined ? '/sessions' : `/clients/${client}`
  }
  createEffect(() => {
    if (path() === '/') props.navigation.replace(home())
  })
  // Whoever follows a link by keyboard goes on from the top of the new screen.
  let main: HTMLElement | undefined
  createEffect(on(path, () => main?.focus({ preventScroll: true }), { defer: true }))
  return (
    <main id="content" tabindex="-1" ref={(element) => (main = element)}>
      <ErrorBoundary fallback={(failure: unknown) => <Failure of={failure} onRetry={() => location.reload()} />}>
        <Suspense fallback={<Pending what={texts.loading} />}>
          <CurrentScreen path={path()} home={home()} />
        </Suspense>
      </ErrorBoundary>
    </main>
  )
}

function CurrentScreen(props: { path: string; home: string }) {
  const below = (folder: string) => props.path.match(`^/${folder}/([^/]+)$`)?.[1]
  const monthOfClient = (): readonly [string, string] | undefined => {
    const [, slug, month] = /^\/clients\/([^/]+)\/months\/([^/]+)$/.exec(props.path) ?? []
    return slug === undefined || !isMonth(month) ? undefined : [slug, month]
  }
  return (
    <Switch
      fallback={
        <Show when={props.path !== '/'}>
          <NotFound home={props.home} />
        </Show>
      }
    >
      <Match when={props.path === '/sessions'}>
        <SessionsScreen />
      </Match>
      <Match when={below('sessions')} keyed>
        {(id) => <SessionScreen id={id} />}
      </Match>
      <Match when={props.path === '/audit'}>
        <AuditScreen />
      </Match>
      <Match when={props.path === '/minutes'}>
        <MinutesScreen />
      </Match>
      <Match when={props.path === '/clients'}>
        <ClientsScreen />
      </Match>
      <Match when={monthOfClient()} keyed>
        {([slug, month]) => <MonthScreen slug={slug} month={month} />}
      </Match>
      <Match when={below('clients')} keyed>
        {(slug) => <ClientScreen slug={slug} />}
      </Match>
    </Switch>
  )
}

function NotFound(props: { home: string }) {
  return (
    <section class="sheet">
      <h1>{texts.notFound.title}</h1>
      <p>
        <a href={props.home}>{texts.notFound.home}</a>
      </p>
    </section>
  )
}
