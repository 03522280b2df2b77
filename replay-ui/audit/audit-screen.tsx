import { createMemo, createResource } from 'solid-js'
import { createPagedList } from '../api/paged-list.ts'
import { browserZone } from '../format/instant.ts'
import { hrefOf } from '../navigation/href.ts'
import { ownClient, usePages } from '../pages-context.ts'
import { texts } from '../texts.ts'
import { ClientField } from '../widgets/client-field.tsx'
import { DayField, NameField } from '../widgets/fields.tsx'
import { isReady } from '../widgets/loaded.tsx'
import { PagedItems } from '../widgets/paged-items.tsx'
import { type AuditFilter, auditFilterOf, trailSearchOf } from './audit-filter.ts'
import { AuditTable } from './audit-table.tsx'
import { auditTexts } from './audit-texts.ts'

/** `/audit`: who did what to whom, newest first; the filters live in the address. */
export function AuditScreen() {
  const { api, navigation } = usePages()
  document.title = texts.title(texts.places.audit)
  const filter = createMemo(() => auditFilterOf(navigation.address().query))
  const list = createPagedList(() => trailSearchOf(filter()), api.auditTrail)
  const change = (part: Partial<AuditFilter>) => navigation.replace(hrefOf('/audit', { ...filter(), ...part }))

  return (
    <section class="sheet" aria-labelledby="audit-title">
      <div class="sheet-head">
        <h1 id="audit-title">{texts.places.audit}</h1>
        <button type="button" class="quiet" onClick={() => list.reload()}>
          {texts.reload}
        </button>
      </div>
      <FilterForm filter={filter()} onChange={change} />
      <PagedItems list={list} none={auditTexts.none} more={auditTexts.more}>
        {(events) => <AuditTable events={events} />}
      </PagedItems>
    </section>
  )
}

function FilterForm(props: { filter: AuditFilter; onChange: (change: Partial<AuditFilter>) => void }) {
  const { api, principal } = usePages()
  const words = auditTexts.filter
  const [found] = createResource(() => ownClient(principal) === undefined, api.clients)
  const clients = () => (isReady(found) ? found.latest : undefined) ?? []
  return (
    <form class="filter" role="search" aria-label={words.label} onSubmit={(event) => event.preventDefault()}>
      <ClientField
        label={words.client}
        everyClient={words.everyClient}
        clients={clients()}
        value={props.filter.client}
        onChange={(client) => props.onChange({ client })}
      />
      <NameField label={words.actor} value={props.filter.actor} onChange={(actor) => props.onChange({ actor })} />
      <NameField label={words.action} value={props.filter.action} onChange={(action) => props.onChange({ action })} />
      <DayField label={words.from} value={props.filter.from} onChange={(from) => props.onChange({ from })} />
      <DayField label={words.to} value={props.filter.to} onChange={(to) => props.onChange({ to })} />
      <p class="hint zone">{words.zone(browserZone())}</p>
    </form>
  )
}
