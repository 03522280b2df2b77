/** What whoever is in a session reads when somebody ends it; `actor` as on the audit trail, `message` one line. */
export function killedText(actor: string, message: string | undefined): string {
  return message === undefined ? `ended by ${actor}` : `ended by ${actor}: ${message}`
}
