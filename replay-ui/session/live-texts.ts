/** What the page says where a session is watched as it goes on. */
export const liveTexts = {
  watch: 'Watch live',
  replay: 'Back to the replay',
  meaning: 'What happens now, half a second later at most. Go back to the replay for what was before.',
  over: 'It is over. The replay has all of it.',
} as const
