import { createHash } from 'node:crypto'
import type { StatementBody, StatementSummary, StatementView } from '#shared/statement.ts'
import { GatewayError } from '../errors.ts'
import { canonicalJson } from './canonical-json.ts'

/** A closed month as it was stored. */
export interface ClosedStatement {
  readonly id: string
  readonly hash: string
  readonly closedAt: Date
  readonly closedBy: string
  readonly body: StatementBody
}

export interface StatementFilter {
  readonly client?: string
  /** Months, both included. */
  readonly from?: string
  readonly to?: string
  /** Those behind the statement of this id, in the order of the list. */
  readonly after?: string
  readonly limit?: number
}

export interface StatementStore {
  /** Newest month first, then by client. Throws `conflict` where one is not what was closed. */
  list(filter: StatementFilter): Promise<readonly ClosedStatement[]>
  byId(id: string): Promise<ClosedStatement | undefined>
  /**
   * Stores the snapshot for good. Throws `conflict` where the month is closed already, the last closed month is not
   * `behind`, or the terms changed after the statement was drawn up.
   */
  close(body: StatementBody, behind: string | undefined, actor: string): Promise<ClosedStatement>
}

/** The text that is stored and its SHA-256 in hex. */
export function sealBody(body: StatementBody): { text: string; hash: string } {
  const text = canonicalJson(body)
  return { text, hash: hashOf(text) }
}

/** Throws `conflict` where the stored text is not the one that was closed. */
export function demandUnaltered(
  text: string,
  { hash, client, month }: Record<'hash' | 'client' | 'month', string>,
): void {
  if (hashOf(text) === hash) return
  throw new GatewayError(
    'conflict',
    `the statement of ${client} for ${month} was altered since it was closed: its hash is not ${hash}`,
    'compare it with an exported copy or a backup',
  )
}

export function statementView({ body, id, hash, closedAt, closedBy }: ClosedStatement): StatementView {
  return { state: 'closed', id, hash, closedAt: closedAt.toISOString(), closedBy, ...body }
}

export function statementSummary({ body, id, hash, closedAt, closedBy }: ClosedStatement): StatementSummary {
  const { client, month, totals, balance, invoice } = body
  return { id, hash, closedAt: closedAt.toISOString(), closedBy, client, month, totals, balance, invoice }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
