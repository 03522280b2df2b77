import { type Accessor, createEffect, createSignal, on } from 'solid-js'

interface Page<Item> {
  readonly items: readonly Item[]
  readonly nextCursor: string | null
}

/** What a search finds, page by page; a new search starts over and forgets answers to the old one. */
export function createPagedList<Search, Item>(
  search: Accessor<Search>,
  fetchPage: (search: Search & { readonly cursor: string | undefined }) => Promise<Page<Item>>,
) {
  const [items, setItems] = createSignal<readonly Item[]>()
  const [nextCursor, setNextCursor] = createSignal<string | null>(null)
  const [failure, setFailure] = createSignal<unknown>()
  const [loading, setLoading] = createSignal(false)
  let latest = 0

  async function load(cursor: string | undefined): Promise<void> {
    const turn = ++latest
    setLoading(true)
    setFailure(undefined)
    try {
      const page = await fetchPage({ ...search(), cursor })
      if (turn !== latest) return
      setItems((before) => (cursor === undefined ? page.items : [...(before ?? []), ...page.items]))
      setNextCursor(page.nextCursor)
    } catch (cause) {
      if (turn === latest) setFailure(cause)
    } finally {
      if (turn === latest) setLoading(false)
    }
  }

  const reload = () => void load(undefined)
  createEffect(on(search, reload))
  return { items, nextCursor, failure, loading, reload, more: () => void load(nextCursor() ?? undefined) }
}
