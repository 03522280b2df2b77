import { createEffect, createSignal, on } from 'solid-js'
import { ApiFailure } from '../api/api-failure.ts'

interface Page<Item> {
  readonly items: readonly Item[]
  readonly nextCursor: string | null
}

/** A list of what was typed or passed, page by page; starts over when `again` changes. */
export function createPagedList<Item>(again: () => unknown, fetchPage: (cursor?: string) => Promise<Page<Item>>) {
  const [items, setItems] = createSignal<readonly Item[]>([])
  const [nextCursor, setNextCursor] = createSignal<string | null>(null)
  const [failure, setFailure] = createSignal<unknown>()
  let latest = 0

  async function load(cursor: string | undefined): Promise<void> {
    const turn = ++latest
    setFailure(undefined)
    try {
      const page = await fetchPage(cursor)
      if (turn !== latest) return
      setItems((before) => (cursor === undefined ? page.items : [...before, ...page.items]))
      setNextCursor(page.nextCursor)
    } catch (cause) {
      // Whoever may not see what was typed may not see this either; the replay says so already.
      const forbidden = cause instanceof ApiFailure && cause.problem.status === 403
      if (turn === latest && !forbidden) setFailure(cause)
    }
  }

  const reload = () => void load(undefined)
  createEffect(on(again, reload))
  return { items, nextCursor, failure, reload, more: () => void load(nextCursor() ?? undefined) }
}
