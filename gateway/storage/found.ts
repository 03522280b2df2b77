import { GatewayError } from '../errors.ts'

/** The one row of a query. Throws `not-found`, naming what was looked for, where there is none. */
export function found<Row>(rows: readonly Row[], what: string): Row {
  const row = rows[0]
  if (row === undefined) throw new GatewayError('not-found', `there is no ${what}`)
  return row
}

/** What people type as an id may be anything; PostgreSQL refuses to compare that with a uuid. */
export function isUuid(id: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)
}
