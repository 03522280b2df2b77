import { createSignal, onCleanup } from 'solid-js'

/** Where the browser is: the address after the origin, without the `#`. */
export interface Address {
  readonly path: string
  readonly query: URLSearchParams
}

export type Navigation = ReturnType<typeof createNavigation>

/** The address as a signal over the History API. Listens until the owner is disposed of. */
export function createNavigation() {
  const [address, setAddress] = createSignal(currentAddress())
  const refresh = () => setAddress(currentAddress())
  window.addEventListener('popstate', refresh)
  onCleanup(() => window.removeEventListener('popstate', refresh))

  /** Opens a page as a link would: the way back leads here. */
  function open(href: string): void {
    history.pushState(null, '', href)
    refresh()
    window.scrollTo(0, 0)
  }

  /** Changes what the address says about the page that is open, such as its filters. */
  function replace(href: string): void {
    history.replaceState(null, '', href)
    refresh()
  }

  /** Turns clicks on links inside the pages into `open`; leaves new tabs, downloads and other sites alone. */
  function followLinks(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest('a') : null
    const plainClick = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (link === null || !plainClick || event.defaultPrevented) return
    if (link.origin !== location.origin || link.target !== '' || link.getAttribute('href')?.startsWith('#')) return
    event.preventDefault()
    open(link.pathname + link.search)
  }

  return { address, open, replace, followLinks }
}

function currentAddress(): Address {
  return { path: location.pathname, query: new URLSearchParams(location.search) }
}
