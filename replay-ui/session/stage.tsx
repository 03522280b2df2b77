import { Show } from 'solid-js'
import type { ChannelView } from '#shared/api.ts'
import { texts } from '../texts.ts'

/** Height of a terminal cell over its width, in the fonts the player uses. */
const CELL_RATIO = 2.2

/** What a channel without a terminal is shown on, or one whose terminal had no size, as under `ssh -tt </dev/null`. */
const PLAIN_SCREEN = { columns: 80, rows: 24 }

/** The place of the player, as large as the terminal was before anything of it is loaded. */
export function Stage(props: { ref: (element: HTMLDivElement) => void; channel: ChannelView; failed: boolean }) {
  const size = () => {
    const { terminal } = props.channel
    return terminal !== null && terminal.columns > 0 && terminal.rows > 0 ? terminal : PLAIN_SCREEN
  }
  return (
    <div class="stage" style={{ 'aspect-ratio': String(size().columns / (size().rows * CELL_RATIO)) }}>
      <div class="screen" ref={(element) => props.ref(element)} role="group" aria-label={texts.replay.screen} />
      <Show when={props.failed}>
        <p class="notice bad" role="alert">
          {texts.replay.failed}
        </p>
      </Show>
    </div>
  )
}
