/** What the keys of the player do. */
export const shortcutTexts = {
  title: 'Keyboard shortcuts',
  toggle: 'play or pause',
  arrows: 'back or on by 5 seconds',
  tenths: 'back or on by a tenth',
  keystrokes: 'previous or next keystroke',
  speed: 'slower or faster',
  idle: 'skip or keep idle time',
  fullScreen: 'full screen',
} as const
