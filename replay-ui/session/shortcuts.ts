import type { Playback } from '../player/playback.ts'
import type { ReplaySettings } from './replay-settings.ts'

interface Handles {
  readonly playback: Playback
  readonly settings: ReplaySettings
  /** To the next (1) or the previous (-1) keystroke. */
  readonly step: (by: 1 | -1) => void
  /** The element that holds the player. */
  readonly screen: () => HTMLElement
}

/** Seconds an arrow key jumps. */
const ARROW_S = 5

/**
 * The keys of the replay, wherever the focus is but in a field. For the capture phase: the player has shortcuts
 * of its own, and one key should not mean two things. What `shortcut-list.tsx` tells.
 */
export function shortcutListener(handles: Handles): (event: KeyboardEvent) => void {
  const { playback, settings } = handles
  const seekBy = (byS: number) => playback.seek(playback.timeS() + byS)
  const tenth = () => (playback.durationS() ?? 0) / 10
  const actions: Readonly<Record<string, (event: KeyboardEvent) => void>> = {
    ' ': playback.toggle,
    ArrowLeft: (event) => seekBy(event.shiftKey ? -tenth() : -ARROW_S),
    ArrowRight: (event) => seekBy(event.shiftKey ? tenth() : ARROW_S),
    '[': () => handles.step(-1),
    ']': () => handles.step(1),
    '<': () => settings.shiftSpeed(-1),
    '>': () => settings.shiftSpeed(1),
    i: () => settings.setSkipIdle(!settings.skipIdle()),
    f: () => void toggleFullScreen(handles.screen()),
  }
  return (event) => {
    const action = actions[event.key]
    if (action === undefined || event.ctrlKey || event.altKey || event.metaKey || belongsElsewhere(event)) return
    event.preventDefault()
    event.stopPropagation()
    action(event)
  }
}

/** Fields take every key, buttons and links their own, the keystroke pane the arrows. */
function belongsElsewhere({ key, target }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false
  if (target.closest('dialog, textarea, select, input:not([type=range], [type=checkbox], [type=radio])') !== null)
    return true
  if (key === ' ') return target.closest('button, summary, input[type=checkbox]') !== null
  return key.startsWith('Arrow') && target.closest('.keystroke-pane, input[type=radio]') !== null
}

async function toggleFullScreen(screen: HTMLElement): Promise<void> {
  // The browser may refuse, as inside a frame that was not given the right: then nothing changes.
  await (document.fullscreenElement === null ? screen.requestFullscreen() : document.exitFullscreen()).catch(() => {})
}
