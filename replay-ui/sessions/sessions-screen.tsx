import { createMemo, createResource, Show } from 'solid-js'
import { hrefOf } from '../navigation/href.ts'
import { ownClient, usePages } from '../pages-context.ts'
import { texts } from '../texts.ts'
import { Failure } from '../widgets/failure.tsx'
import { isReady } from '../widgets/loaded.tsx'
import { Pending } from '../widgets/pending.tsx'
import { FilterForm } from './filter-form.tsx'
import { filterOf, queryOf, type SessionFilter, searchOf } from './session-filter.ts'
import { createSessionList } from './session-list.ts'
import { SessionTable } from './session-table.tsx'
import './sessions.css'

/** `/sessions`: every session the person may see, newest first; the filters live in the address. */
export function SessionsScreen() {
  const { api, navigation, principal } = usePages()
  document.title = texts.title(texts.places.sessions)
  const filter = createMemo(() => filterOf(navigation.address().query))
  const list = createSessionList(() => searchOf(filter()), api.sessions)
  const [clients] = createResource(() => ownClient(principal) === undefined, api.clients)
  const change = (part: Partial<SessionFilter>) =>
    navigation.replace(hrefOf('/sessions', queryOf({ ...filter(), ...part })))

  return (
    <section class="sheet" aria-labelledby="sessions-title">
      <div class="sheet-head">
        <h1 id="sessions-title">{texts.places.sessions}</h1>
        <button type="button" class="quiet" onClick={() => list.reload()}>
          {texts.reload}
        </button>
      </div>
      <FilterForm filter={filter()} clients={(isReady(clients) ? clients.latest : undefined) ?? []} onChange={change} />
      <Show when={list.failure()}>{(failure) => <Failure of={failure()} onRetry={list.reload} />}</Show>
      <Show
        when={list.items()}
        fallback={
          <Show when={list.loading()}>
            <Pending what={texts.loading} />
          </Show>
        }
      >
        {(sessions) => (
          <div aria-busy={list.loading()} class="list">
            <Show when={sessions().length > 0} fallback={<p class="empty">{texts.sessions.none}</p>}>
              <SessionTable sessions={sessions()} caption={texts.sessions.caption} />
            </Show>
            <Show when={list.nextCursor() !== null}>
              <button type="button" class="more" disabled={list.loading()} onClick={() => list.more()}>
                {texts.sessions.more}
              </button>
            </Show>
          </div>
        )}
      </Show>
    </section>
  )
}
