export const commandTexts = {
  title: 'Commands',
  aid: 'found in the recording: an aid, no proof',
  more: 'Show more commands',
  notRead: 'The commands of a channel are listed when it has ended.',
  columns: { at: 'At', length: 'Length', exit: 'Exit', directory: 'In', command: 'Command', source: 'Known by' },
  source: { osc: 'the shell', screen: 'the screen', exec: 'the request' },
} as const
