import { createEffect, createSignal, on } from 'solid-js'
import type { FilePage } from '#shared/api.ts'
import type { TransferredFileView } from '#shared/transferred-file.ts'
import { ApiFailure } from '../api/api-failure.ts'

/** The files of a session, page by page; starts over when `again` changes. */
export function createFileList(again: () => unknown, fetchPage: (cursor?: string) => Promise<FilePage>) {
  const [items, setItems] = createSignal<readonly TransferredFileView[]>([])
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
