import { For, Show } from 'solid-js'
import type { ClientView } from '#shared/api.ts'
import { Field } from './fields.tsx'

/** The choice of a client by its slug, or of all of them: the empty text. Nothing where there is no choice. */
export function ClientField(props: {
  label: string
  everyClient: string
  clients: readonly ClientView[]
  value: string
  onChange: (slug: string) => void
}) {
  return (
    <Show when={props.clients.length > 0}>
      <Field label={props.label}>
        {(id) => (
          <select id={id} onChange={(event) => props.onChange(event.currentTarget.value)}>
            <option value="">{props.everyClient}</option>
            <For each={props.clients}>
              {(client) => (
                <option value={client.slug} selected={client.slug === props.value}>
                  {client.name}
                </option>
              )}
            </For>
          </select>
        )}
      </Field>
    </Show>
  )
}
