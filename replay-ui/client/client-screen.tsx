import { createEffect, createResource, onCleanup, Show } from 'solid-js'
import type { ClientView } from '#shared/api.ts'
import { showMonth } from '../format/instant.ts'
import { currentMonth } from '../format/month.ts'
import { hrefOf } from '../navigation/href.ts'
import { monthHref } from '../month/month-href.ts'
import { monthTexts } from '../month/month-texts.ts'
import { maySeeBook, usePages } from '../pages-context.ts'
import { SessionTable } from '../sessions/session-table.tsx'
import { texts } from '../texts.ts'
import { Loaded } from '../widgets/loaded.tsx'
import { SupportKeyCard } from './support-key-card.tsx'
import { TasksCard } from './tasks-card.tsx'
import './client.css'

/** How many of a client's sessions its page shows; the rest is one link away. */
const LATEST_SESSIONS = 10

/** A pause or a revocation ends live sessions within a second: the lists tell so after that. */
const SESSIONS_END_MS = 1200

/** `/clients/SLUG`: the support key, what is running, what was done and what it cost in minutes. */
export function ClientScreen(props: { slug: string }) {
  const { api } = usePages()
  const [client, { refetch }] = createResource(() => props.slug, api.client)
  return (
    <Loaded resource={client} onRetry={() => void refetch()}>
      {(found) => <ClientPage client={found()} />}
    </Loaded>
  )
}

function ClientPage(props: { client: ClientView }) {
  const { api } = usePages()
  const month = () => currentMonth(props.client.zone)
  const search = (live: boolean) => ({ client: props.client.slug, live, limit: live ? 200 : LATEST_SESSIONS })
  const [live, { refetch: refetchLive }] = createResource(() => search(true), api.sessions)
  const [latest, { refetch: refetchLatest }] = createResource(() => search(false), api.sessions)
  const reload = () => void Promise.all([refetchLive(), refetchLatest()])
  let timer: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(timer))
  const reloadWhenEnded = () => {
    clearTimeout(timer)
    timer = setTimeout(reload, SESSIONS_END_MS)
  }
  createEffect(() => (document.title = texts.title(props.client.name)))

  return (
    <>
      <header class="sheet client-head">
        <h1>{props.client.name}</h1>
        <p class="hint">
          <span class="code">{props.client.slug}</span> · {texts.client.zone(props.client.zone)}
        </p>
      </header>
      <SupportKeyCard slug={props.client.slug} onMoved={reloadWhenEnded} />
      <TasksCard slug={props.client.slug} />
      <MonthTotal slug={props.client.slug} month={month()} />
      <section class="sheet" aria-labelledby="live-title">
        <div class="sheet-head">
          <h2 id="live-title">{texts.client.liveSessions}</h2>
          <button type="button" class="quiet" onClick={reload}>
            {texts.reload}
          </button>
        </div>
        <Loaded resource={live} onRetry={reload}>
          {(page) => (
            <Show when={page().items.length > 0} fallback={<p class="empty">{texts.client.noLiveSessions}</p>}>
              <SessionTable sessions={page().items} caption={texts.client.liveSessions} />
            </Show>
          )}
        </Loaded>
      </section>
      <section class="sheet" aria-labelledby="latest-title">
        <div class="sheet-head">
          <h2 id="latest-title">{texts.client.latestSessions}</h2>
          <a href={hrefOf('/sessions', { client: props.client.slug })}>{texts.client.allSessions}</a>
        </div>
        <Loaded resource={latest} onRetry={reload}>
          {(page) => (
            <Show when={page().items.length > 0} fallback={<p class="empty">{texts.sessions.none}</p>}>
              <SessionTable sessions={page().items} caption={texts.client.latestSessions} />
            </Show>
          )}
        </Loaded>
      </section>
    </>
  )
}

function MonthTotal(props: { slug: string; month: string }) {
  const { api, principal } = usePages()
  const [report, { refetch }] = createResource(() => ({ client: props.slug, month: props.month }), api.time)
  return (
    <section class="sheet" aria-labelledby="month-title">
      <div class="sheet-head">
        <h2 id="month-title">{texts.client.minutesOf(showMonth(props.month))}</h2>
        <Show when={maySeeBook(principal)}>
          <a href={monthHref(props.slug, props.month)}>{monthTexts.link}</a>
        </Show>
        <a href={hrefOf('/minutes', { client: props.slug, month: props.month })}>{texts.client.allMinutes}</a>
      </div>
      <Loaded resource={report} onRetry={() => void refetch()}>
        {(found) => (
          <p class="month-total">
            <strong>{texts.minutes.amount(found().totals[0]?.charged ?? 0)}</strong> {texts.minutes.charged}
            <Show when={found().lines.some((line) => line.provisional)}>
              {' '}
              <span class="tag">{texts.minutes.provisional}</span>
            </Show>
          </p>
        )}
      </Loaded>
    </section>
  )
}
