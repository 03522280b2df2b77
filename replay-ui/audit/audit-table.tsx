import { For, Show } from 'solid-js'
import type { AuditEventView } from '#shared/audit.ts'
import { showSpan } from '../format/instant.ts'
import { auditTexts } from './audit-texts.ts'
import './audit-table.css'

/** Entries of the audit trail as rows; at narrow widths every row is a card. */
export function AuditTable(props: { events: readonly AuditEventView[] }) {
  const { columns, caption } = auditTexts
  return (
    <table class="audit-table">
      <caption class="unseen">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{columns.at}</th>
          <th scope="col">{columns.actor}</th>
          <th scope="col">{columns.action}</th>
          <th scope="col">{columns.subject}</th>
          <th scope="col">{columns.detail}</th>
        </tr>
      </thead>
      <tbody>
        <For each={props.events}>{(event) => <AuditRow event={event} />}</For>
      </tbody>
    </table>
  )
}

function AuditRow(props: { event: AuditEventView }) {
  const session = () => /^session:(.+)$/.exec(props.event.subject)?.[1]
  return (
    <tr>
      <td class="at">
        <time datetime={props.event.at}>{showSpan(props.event.at, null)}</time>
      </td>
      <td>{props.event.actor}</td>
      <td>{props.event.action}</td>
      <td class="subject">
        <Show when={session()} fallback={props.event.subject}>
          {(id) => <a href={`/sessions/${id()}`}>{props.event.subject}</a>}
        </Show>
      </td>
      <td class="detail">{detailText(props.event.detail)}</td>
    </tr>
  )
}

function detailText(detail: AuditEventView['detail']): string {
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
  return Object.entries(detail)
    .map(([name, value]) => `${name}: ${text(value)}`)
    .join(', ')
}
