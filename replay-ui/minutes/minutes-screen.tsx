import { createMemo, createResource, For, Show } from 'solid-js'
import type { TimeLine, TimeReport } from '#shared/api.ts'
import { browserZone, showMonth } from '../format/instant.ts'
import { currentMonth, isMonth } from '../format/month.ts'
import { hrefOf } from '../navigation/href.ts'
import { ownClient, usePages } from '../pages-context.ts'
import { texts } from '../texts.ts'
import { isReady, Loaded } from '../widgets/loaded.tsx'
import { MinutesForm } from './minutes-form.tsx'
import { MinutesTable } from './minutes-table.tsx'
import './minutes.css'

/** `/minutes?client&month`: what was worked, line by line, each line with the sessions it comes from. */
export function MinutesScreen() {
  const { api, navigation, principal } = usePages()
  document.title = texts.title(texts.places.minutes)
  const asked = createMemo(() => {
    const { query } = navigation.address()
    const month = query.get('month')
    return {
      client: ownClient(principal) ?? (query.get('client') || undefined),
      month: isMonth(month) ? month : currentMonth(browserZone()),
    }
  })
  const [clients] = createResource(api.clients)
  const known = () => (isReady(clients) ? clients.latest : undefined) ?? []
  const [report, { refetch }] = createResource(asked, api.time)
  const nameOf = (slug: string) => known().find((client) => client.slug === slug)?.name ?? slug
  const zoneOf = (slug: string) => known().find((client) => client.slug === slug)?.zone

  return (
    <section class="sheet" aria-labelledby="minutes-title">
      <h1 id="minutes-title">{texts.minutes.title(showMonth(asked().month))}</h1>
      <MinutesForm
        {...asked()}
        clients={ownClient(principal) === undefined ? known() : []}
        onChange={(part) => navigation.replace(hrefOf('/minutes', { ...asked(), ...part }))}
      />
      <Loaded resource={report} onRetry={() => void refetch()}>
        {(found) => (
          <div aria-busy={report.loading}>
            <Show when={found().lines.length > 0} fallback={<p class="empty">{texts.minutes.none}</p>}>
              <For each={byClient(found())}>
                {(part) => (
                  <MinutesTable
                    name={nameOf(part.client)}
                    zone={zoneOf(part.client)}
                    lines={part.lines}
                    totals={part.totals}
                  />
                )}
              </For>
            </Show>
            <Quarantined entries={found().quarantined} />
          </div>
        )}
      </Loaded>
    </section>
  )
}

function Quarantined(props: { entries: TimeReport['quarantined'] }) {
  return (
    <Show when={props.entries.length > 0}>
      <section class="notice warn" aria-labelledby="quarantined-title">
        <h2 id="quarantined-title">{texts.minutes.quarantined}</h2>
        <p>{texts.minutes.quarantinedMeaning}</p>
        <ul>
          <For each={props.entries}>
            {(entry) => (
              <li>
                <a href={`/sessions/${entry.session}`}>{texts.minutes.session(entry.session)}</a>: {entry.reason}
              </li>
            )}
          </For>
        </ul>
      </section>
    </Show>
  )
}

/** The lines under their clients, in the order in which the report totals the clients. */
function byClient({ lines, totals }: TimeReport) {
  return totals.map((total) => ({
    client: total.client,
    totals: total,
    lines: lines.filter((line: TimeLine) => line.client === total.client),
  }))
}
