/** The address of a client's month. */
export function monthHref(slug: string, month: string): string {
  return `/clients/${slug}/months/${month}`
}
