import { customType } from 'drizzle-orm/pg-core'

/** Bytes, which drizzle has no column type for. */
export const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' })
