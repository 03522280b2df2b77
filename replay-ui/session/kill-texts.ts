/** What the page says where somebody ends a session. */
export const killTexts = {
  open: 'End…',
  ending: 'ending…',
  title: (staff: string) => `End this session of ${staff}?`,
  what: 'It ends within a second, with everything that runs in it. The person reads who ended it, and may connect again.',
  message: 'A line for the person (may stay empty)',
  keep: 'Let it run',
  kill: 'End the session',
} as const
