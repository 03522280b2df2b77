import { createUniqueId, For, type JSX, Show } from 'solid-js'
import type { ClientView } from '#shared/api.ts'
import { browserZone } from '../format/instant.ts'
import { texts } from '../texts.ts'
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
      <Show when={props.clients.length > 0}>
        <Field label={words.client}>
          {(id) => (
            <select id={id} onChange={(event) => props.onChange({ client: event.currentTarget.value })}>
              <option value="">{words.everyClient}</option>
              <For each={props.clients}>
                {(client) => (
                  <option value={client.slug} selected={client.slug === props.filter.client}>
                    {client.name}
                  </option>
                )}
              </For>
            </select>
          )}
        </Field>
      </Show>
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

interface FieldProps {
  label: string
  value: string
  onChange: (value: string) => void
}

function NameField(props: FieldProps) {
  return (
    <Field label={props.label}>
      {(id) => (
        <input
          id={id}
          type="search"
          spellcheck={false}
          autocapitalize="off"
          value={props.value}
          onChange={(event) => props.onChange(event.currentTarget.value.trim())}
        />
      )}
    </Field>
  )
}

function DayField(props: FieldProps) {
  return (
    <Field label={props.label}>
      {(id) => (
        <input
          id={id}
          type="date"
          value={props.value}
          onChange={(event) => props.onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  )
}

function Field(props: { label: string; children: (id: string) => JSX.Element }) {
  const id = createUniqueId()
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      {props.children(id)}
    </div>
  )
}
