import { createMemo, For } from 'solid-js'
import type { KeystrokeView } from '#shared/api.ts'
import { showLength } from '../format/amount.ts'
import { showClock } from '../format/instant.ts'
import type { Playback } from '../player/playback.ts'
import { texts } from '../texts.ts'
import { Timeline } from '../timeline/timeline.tsx'
import { CopyButton } from '../widgets/copy-button.tsx'
import { type ReplaySettings, speeds } from './replay-settings.ts'

/** The bar under the player: play, where one is, how fast, with or without pauses. */
export function Controls(props: {
  playback: Playback
  settings: ReplaySettings
  keystrokes: readonly KeystrokeView[]
  /** Wall clock of the moment that is shown, milliseconds since the epoch. */
  clockMs: number
  /** Address of the moment that is shown. */
  link: string
}) {
  const keysAtS = createMemo(() => props.keystrokes.map((key) => key.replayUs / 1e6))
  const durationS = () => props.playback.durationS() ?? 0
  const words = texts.replay
  return (
    <div class="controls" role="group" aria-label={words.controls}>
      <Timeline
        timeS={props.playback.timeS()}
        durationS={durationS()}
        keysAtS={keysAtS()}
        onSeek={props.playback.seek}
      />
      <div class="bar">
        <button type="button" class="play" onClick={props.playback.toggle}>
          <span aria-hidden="true">{props.playback.playing() ? '❚❚' : '▶'}</span>
          <span class="unseen">{props.playback.playing() ? words.pause : words.play}</span>
        </button>
        <span class="time">
          {showLength(props.playback.timeS() * 1000)} / {showLength(durationS() * 1000)}
        </span>
        <span class="clock" title={words.clock}>
          {showClock(props.clockMs)}
        </span>
        <fieldset class="speeds">
          <legend class="unseen">{words.speed}</legend>
          <For each={speeds}>
            {(speed) => (
              <label>
                <input
                  type="radio"
                  name="speed"
                  class="unseen"
                  checked={props.settings.speed() === speed}
                  onChange={() => props.settings.setSpeed(speed)}
                />
                <span>{speed}×</span>
              </label>
            )}
          </For>
        </fieldset>
        <label class="tick">
          <input
            type="checkbox"
            checked={props.settings.skipIdle()}
            onChange={(event) => props.settings.setSkipIdle(event.currentTarget.checked)}
          />
          {words.skipIdle}
        </label>
        <CopyButton text={props.link} label={words.copyLink} />
      </div>
    </div>
  )
}
