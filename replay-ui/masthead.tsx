import { For, Show } from 'solid-js'
import type { PrincipalView } from '#shared/api.ts'
import { maySeeTrail, ownClient } from './pages-context.ts'
import { texts } from './texts.ts'

/** The bar on top of every page: where one can go, who one is, the way out. */
export function Masthead(props: { path: string; principal: PrincipalView; onSignOut: () => void }) {
  const places = () => {
    const client = ownClient(props.principal)
    return [
      ...(client === undefined ? [] : [{ href: `/clients/${client}`, name: texts.places.ownClient }]),
      { href: '/sessions', name: texts.places.sessions },
      { href: '/minutes', name: texts.places.minutes },
      ...(client === undefined ? [{ href: '/clients', name: texts.places.clients }] : []),
      ...(maySeeTrail(props.principal) ? [{ href: '/audit', name: texts.places.audit }] : []),
    ]
  }
  const isHere = (href: string) => props.path === href || props.path.startsWith(`${href}/`)
  return (
    <header class="masthead">
      <a class="skip" href="#content">
        {texts.skipToContent}
      </a>
      <a class="brand" href="/">
        {texts.product}
      </a>
      <nav aria-label={texts.places.label}>
        <For each={places()}>
          {(place) => (
            <a href={place.href} aria-current={isHere(place.href) ? 'page' : undefined}>
              {place.name}
            </a>
          )}
        </For>
      </nav>
      <span class="person" title={personTitle(props.principal)}>
        {props.principal.kind === 'staff' ? props.principal.login : props.principal.client}
        <Show when={props.principal.kind === 'client-user' && props.principal.role}>
          {(role) => <small> · {texts.role[role()]}</small>}
        </Show>
      </span>
      <button type="button" class="quiet" onClick={() => props.onSignOut()}>
        {texts.signOut}
      </button>
    </header>
  )
}

function personTitle(principal: PrincipalView): string {
  return principal.kind === 'staff'
    ? `${principal.name} · ${principal.roles.map((role) => texts.role[role]).join(', ')}`
    : texts.clientUserOf(principal.client)
}
