import { createMemo, createResource } from 'solid-js'
import { createPagedList } from '../api/paged-list.ts'
import { hrefOf } from '../navigation/href.ts'
import { ownClient, usePages } from '../pages-context.ts'
import { texts } from '../texts.ts'
import { isReady } from '../widgets/loaded.tsx'
import { PagedItems } from '../widgets/paged-items.tsx'
import { FilterForm } from './filter-form.tsx'
import { filterOf, queryOf, type SessionFilter, searchOf } from './session-filter.ts'
import { SessionTable } from './session-table.tsx'

/** `/sessions`: every session the person may see, newest first; the filters live in the address. */
export function SessionsScreen() {
  const { api, navigation, principal } = usePages()
  document.title = texts.title(texts.places.sessions)
  const filter = createMemo(() => filterOf(navigation.address().query))
  const list = createPagedList(() => searchOf(filter()), api.sessions)
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
      <PagedItems list={list} none={texts.sessions.none} more={texts.sessions.more}>
        {(sessions) => <SessionTable sessions={sessions} caption={texts.sessions.caption} />}
      </PagedItems>
    </section>
  )
}
