import { createEffect, createResource, For, Show } from 'solid-js'
import { moneyText } from '#shared/money-text.ts'
import type { StatementView } from '#shared/statement.ts'
import { showDay, showMonth } from '../format/instant.ts'
import { shiftMonth } from '../format/month.ts'
import { usePages } from '../pages-context.ts'
import { texts } from '../texts.ts'
import { Loaded } from '../widgets/loaded.tsx'
import { monthHref } from './month-href.ts'
import { monthTexts } from './month-texts.ts'
import { WorkTable } from './work-table.tsx'
import './month.css'

/** `/clients/SLUG/months/MONTH`: the statement as it was closed, or as it stands now. */
export function MonthScreen(props: { slug: string; month: string }) {
  const { api } = usePages()
  const [statement, { refetch }] = createResource(() => ({ client: props.slug, month: props.month }), api.statement)
  return (
    <Loaded resource={statement} onRetry={() => void refetch()}>
      {(found) => <Month statement={found()} />}
    </Loaded>
  )
}

function Month(props: { statement: StatementView }) {
  const month = () => props.statement.month
  createEffect(() => (document.title = texts.title(`${props.statement.name} ${month()}`)))
  return (
    <>
      <header class="sheet">
        <h1>{monthTexts.heading(props.statement.name, showMonth(month()))}</h1>
        <p class="hint">
          <a href={`/clients/${props.statement.client}`}>{props.statement.name}</a> ·{' '}
          <a href={monthHref(props.statement.client, shiftMonth(month(), -1))}>{monthTexts.before}</a> ·{' '}
          <a href={monthHref(props.statement.client, shiftMonth(month(), 1))}>{monthTexts.after}</a>
        </p>
        <State statement={props.statement} />
      </header>
      <Balance statement={props.statement} />
      <section class="sheet" aria-labelledby="work-title">
        <h2 id="work-title">{monthTexts.work}</h2>
        <Show when={props.statement.lines.length > 0} fallback={<p class="empty">{monthTexts.noWork}</p>}>
          <WorkTable lines={props.statement.lines} totals={props.statement.totals} />
        </Show>
        <For each={props.statement.corrections}>
          {({ ref, minutes }) => <p>{monthTexts.correction(showMonth(ref), minutes)}</p>}
        </For>
      </section>
    </>
  )
}

function State(props: { statement: StatementView }) {
  const closed = () => (props.statement.state === 'closed' ? props.statement : undefined)
  return (
    <Show when={closed()} fallback={<p>{monthTexts.open}</p>}>
      {(found) => (
        <p>
          {monthTexts.closed(showDay(found().closedAt.slice(0, 10)), found().closedBy)}{' '}
          <a
            href={`/api/v1/statements/${found().id}.csv`}
            download={`${found().client}-${found().month}.csv`}
            target="_self"
          >
            CSV
          </a>{' '}
          <span class="code statement-hash">sha256 {found().hash}</span>
        </p>
      )}
    </Show>
  )
}

function Balance(props: { statement: StatementView }) {
  const balance = () => props.statement.balance
  const names = Object.keys(monthTexts.balance) as (keyof typeof monthTexts.balance)[]
  const given = () => balance().carriedIn + balance().included + balance().credited
  return (
    <section class="sheet" aria-labelledby="balance-title">
      <h2 id="balance-title">{monthTexts.balanceTitle}</h2>
      <Show when={given() > 0}>
        <meter min="0" max={given()} value={balance().left} low={given() / 20} aria-label={monthTexts.balance.left} />
      </Show>
      <dl class="balance">
        <For each={names}>
          {(name) => (
            <div>
              <dt>{monthTexts.balance[name]}</dt>
              <dd>{texts.minutes.amount(balance()[name])}</dd>
            </div>
          )}
        </For>
        <Show when={props.statement.invoice} fallback={<p class="empty">{monthTexts.noContract}</p>}>
          {(invoice) => (
            <div>
              <dt>{monthTexts.toPay}</dt>
              <dd>{moneyText(invoice().grossMinor, invoice().currency)}</dd>
            </div>
          )}
        </Show>
      </dl>
    </section>
  )
}
