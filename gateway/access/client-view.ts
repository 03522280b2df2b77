import type { ClientView } from '#shared/api.ts'
import type { Client } from './client.ts'

/** A client as the API and `--json` show it. */
export function clientView({ slug, name, zone, language }: Client): ClientView {
  return { slug, name, zone, language }
}
