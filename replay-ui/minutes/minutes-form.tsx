import { For, Show } from 'solid-js'
import type { ClientView } from '#shared/api.ts'
import { isMonth, shiftMonth } from '../format/month.ts'
import { texts } from '../texts.ts'

/** Chooses the month, and the client where there is a choice. */
export function MinutesForm(props: {
  client: string | undefined
  month: string
  /** Empty where there is no choice. */
  clients: readonly ClientView[]
  onChange: (part: { client?: string; month?: string }) => void
}) {
  const words = texts.minutes.form
  return (
    <form class="filter" aria-label={words.label} onSubmit={(event) => event.preventDefault()}>
      <div class="field">
        <label for="minutes-month">{words.month}</label>
        <div class="month-picker">
          <button
            type="button"
            aria-label={words.previous}
            title={words.previous}
            onClick={() => props.onChange({ month: shiftMonth(props.month, -1) })}
          >
            ‹
          </button>
          {/* Firefox and Safari show a text box for this type: the pattern is for them. */}
          <input
            id="minutes-month"
            type="month"
            pattern="[0-9]{4}-(0[1-9]|1[0-2])"
            placeholder="2026-11"
            required
            value={props.month}
            onChange={(event) =>
              isMonth(event.currentTarget.value) && props.onChange({ month: event.currentTarget.value })
            }
          />
          <button
            type="button"
            aria-label={words.next}
            title={words.next}
            onClick={() => props.onChange({ month: shiftMonth(props.month, 1) })}
          >
            ›
          </button>
        </div>
      </div>
      <Show when={props.clients.length > 0}>
        <div class="field">
          <label for="minutes-client">{words.client}</label>
          <select id="minutes-client" onChange={(event) => props.onChange({ client: event.currentTarget.value })}>
            <option value="">{words.everyClient}</option>
            <For each={props.clients}>
              {(client) => (
                <option value={client.slug} selected={client.slug === props.client}>
                  {client.name}
                </option>
              )}
            </For>
          </select>
        </div>
      </Show>
    </form>
  )
}
