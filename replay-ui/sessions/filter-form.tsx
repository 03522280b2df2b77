import type { ClientView } from '#shared/api.ts'
import { browserZone } from '../format/instant.ts'
import { texts } from '../texts.ts'
import { ClientField } from '../widgets/client-field.tsx'
import { DayField, NameField } from '../widgets/fields.tsx'
import type { SessionFilter } from './session-filter.ts'

const words = texts.sessions.filter

/** The filters over the session list; each change is told at once, there is nothing to submit. */
export function FilterForm(props: {
  filter: SessionFilter
  /** Empty where there is no choice of client. */
  clients: readonly ClientView[]
  onChange: (change: Partial<SessionFilter>) => void
}) {
  return (
    <form class="filter" role="search" aria-label={words.label} onSubmit={(event) => event.preventDefault()}>
      <ClientField
        label={words.client}
        everyClient={words.everyClient}
        clients={props.clients}
        value={props.filter.client}
        onChange={(client) => props.onChange({ client })}
      />
      <NameField label={words.staff} value={props.filter.staff} onChange={(staff) => props.onChange({ staff })} />
      <NameField label={words.target} value={props.filter.target} onChange={(target) => props.onChange({ target })} />
      <NameField label={words.task} value={props.filter.task} onChange={(task) => props.onChange({ task })} />
      <DayField label={words.from} value={props.filter.from} onChange={(from) => props.onChange({ from })} />
      <DayField label={words.to} value={props.filter.to} onChange={(to) => props.onChange({ to })} />
      <label class="tick">
        <input
          type="checkbox"
          checked={props.filter.live}
          onChange={(event) => props.onChange({ live: event.currentTarget.checked })}
        />
        {words.live}
      </label>
      <p class="hint zone">{words.zone(browserZone())}</p>
    </form>
  )
}
