import { createMemo, For, Show } from 'solid-js'
import type { KeystrokeView } from '#shared/api.ts'
import { showCount, showLength } from '../format/amount.ts'
import { texts } from '../texts.ts'
import { keyText } from './key-text.ts'
import { type KeystrokeRow, keystrokeRows } from './keystroke-rows.ts'
import { createRovingKeys } from './roving-keys.ts'
import './keystrokes.css'

/** Every key that was pressed, in rows, the current one marked and kept in view. A click jumps to a key. */
export function KeystrokePane(props: {
  keystrokes: readonly KeystrokeView[]
  /** Index of the key the replay has come to; -1 before the first. */
  current: number
  onJump: (index: number) => void
}) {
  const rows = createMemo(() => keystrokeRows(props.keystrokes))
  const keys = createRovingKeys({ current: () => props.current, rows, onJump: (index) => props.onJump(index) })
  return (
    <section class="keystroke-pane" aria-labelledby="keystrokes-title">
      <h2 id="keystrokes-title">
        {texts.keystrokes.title} <span class="hint">{showCount(props.keystrokes.length)}</span>
      </h2>
      <div
        ref={keys.setPane}
        class="rows"
        onClick={keys.onClick}
        onKeyDown={keys.onKeyDown}
        onFocusIn={keys.onFocusIn}
        onFocusOut={keys.onFocusOut}
      >
        <Show when={rows().length > 0} fallback={<p class="empty">{texts.keystrokes.none}</p>}>
          <For each={rows()}>{(row) => <Row row={row} />}</For>
        </Show>
      </div>
    </section>
  )
}

function Row(props: { row: KeystrokeRow }) {
  return (
    <div class="row">
      <span class="at">{showLength((props.row.keys[0]?.replayUs ?? 0) / 1000)}</span>
      <span class="keys">
        <For each={props.row.keys}>{(key, position) => <Key key={key} index={props.row.first + position()} />}</For>
      </span>
    </div>
  )
}

function Key(props: { key: KeystrokeView; index: number }) {
  const shown = keyText(props.key)
  return (
    <button
      type="button"
      tabindex="-1"
      data-key={props.index}
      class={`key ${shown.kind}`}
      title={texts.keystrokes.jump(props.key.name, showLength(props.key.replayUs / 1000))}
    >
      {shown.text}
      {shown.kind === 'named' && shown.pasted !== undefined && <span class="pasted"> {shown.pasted}</span>}
    </button>
  )
}
