/** The sentences of the audit trail's screen. */
export const auditTexts = {
  caption: 'The audit trail, newest first',
  columns: { at: 'When', actor: 'Who', action: 'Did what', subject: 'To whom or what', detail: 'More' },
  none: 'No entries match.',
  more: 'Show older entries',
  filter: {
    label: 'Filter the audit trail',
    client: 'Client',
    everyClient: 'Every client',
    actor: 'Who (staff:ivan)',
    action: 'Did what (support-key.)',
    from: 'From',
    to: 'To',
    zone: (zone: string) => `Days and times are in your browser’s zone, ${zone}.`,
  },
}
