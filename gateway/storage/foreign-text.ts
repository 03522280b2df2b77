import { customType } from 'drizzle-orm/pg-core'

/**
 * Text that strangers choose: PostgreSQL cannot hold the character NUL, and one row refused for it would hold
 * up every record behind it, so NUL is stored as U+FFFD.
 */
export const foreignText = customType<{ data: string }>({ dataType: () => 'text', toDriver: withoutNul })

/** The same for text that goes to PostgreSQL inside JSON. */
export function withoutNul(text: string): string {
  return text.replaceAll('\0', '\uFFFD')
}
