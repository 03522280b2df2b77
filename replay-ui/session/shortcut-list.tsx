import { For } from 'solid-js'
import { texts } from '../texts.ts'

/** The keys of `shortcuts.ts`, for people. */
const shortcuts = [
  { keys: ['Space'], does: texts.shortcuts.toggle },
  { keys: ['←', '→'], does: texts.shortcuts.arrows },
  { keys: ['Shift ←', 'Shift →'], does: texts.shortcuts.tenths },
  { keys: ['[', ']'], does: texts.shortcuts.keystrokes },
  { keys: ['<', '>'], does: texts.shortcuts.speed },
  { keys: ['i'], does: texts.shortcuts.idle },
  { keys: ['f'], does: texts.shortcuts.fullScreen },
] as const

export function ShortcutList() {
  return (
    <details class="shortcuts">
      <summary>{texts.shortcuts.title}</summary>
      <dl>
        <For each={shortcuts}>
          {(shortcut) => (
            <div>
              <dt>
                <For each={shortcut.keys}>{(key) => <kbd>{key}</kbd>}</For>
              </dt>
              <dd>{shortcut.does}</dd>
            </div>
          )}
        </For>
      </dl>
    </details>
  )
}
