import { type JSX, Show } from 'solid-js'
import type { createPagedList } from '../api/paged-list.ts'
import { texts } from '../texts.ts'
import { Failure } from './failure.tsx'
import { Pending } from './pending.tsx'
import './filtered-list.css'

/** What a paged list has so far, the way to more of it, or what went wrong. */
export function PagedItems<Item>(props: {
  list: ReturnType<typeof createPagedList<object, Item>>
  none: string
  more: string
  children: (items: readonly Item[]) => JSX.Element
}) {
  const pending = () => (
    <Show when={props.list.loading()}>
      <Pending what={texts.loading} />
    </Show>
  )
  return (
    <>
      <Show when={props.list.failure()}>{(failure) => <Failure of={failure()} onRetry={props.list.reload} />}</Show>
      <Show when={props.list.items()} fallback={pending()}>
        {(items) => (
          <div aria-busy={props.list.loading()} class="list">
            <Show when={items().length > 0} fallback={<p class="empty">{props.none}</p>}>
              {props.children(items())}
            </Show>
            <Show when={props.list.nextCursor() !== null}>
              <button type="button" class="more" disabled={props.list.loading()} onClick={() => props.list.more()}>
                {props.more}
              </button>
            </Show>
          </div>
        )}
      </Show>
    </>
  )
}
