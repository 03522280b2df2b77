import { createEffect, createMemo, on, onCleanup, onMount, Show } from 'solid-js'
import type { ChannelView, SessionDetail } from '#shared/api.ts'
import { KeystrokePane } from '../keystrokes/keystroke-pane.tsx'
import { lastAtOrBefore } from '../keystrokes/last-at-or-before.ts'
import { hrefOf } from '../navigation/href.ts'
import { createPlayback } from '../player/playback.ts'
import { Failure } from '../widgets/failure.tsx'
import { Controls } from './controls.tsx'
import { createReplaySettings } from './replay-settings.ts'
import { ShortcutList } from './shortcut-list.tsx'
import { shortcutListener } from './shortcuts.ts'
import { Stage } from './stage.tsx'
import { createTakes } from './takes.ts'

/** The player of one channel with its clock, its map and its keys, all on one time axis. */
export function Replay(props: {
  session: SessionDetail
  channel: ChannelView
  /** Seconds since the session's start at which to begin; set again, the replay goes there. */
  startAtSessionS: number
  /** Grows each time what was recorded meanwhile is wanted. */
  reloads: number
}) {
  const playback = createPlayback()
  const settings = createReplaySettings()
  let screen!: HTMLDivElement
  const takes = createTakes({
    source: () => ({
      session: props.session.id,
      channel: props.channel.channel,
      openedMs: props.channel.openedMs,
      idleS: settings.idleS(),
      reloads: props.reloads,
    }),
    speed: settings.speed,
    startAtSessionS: props.startAtSessionS,
    playback,
    screen: () => screen,
  })
  createEffect(on(() => props.startAtSessionS, takes.seekSession, { defer: true }))
  const keystrokes = takes.keystrokes
  // A player's clock is a float: a key it was sent to counts as reached.
  const current = createMemo(() => lastAtOrBefore(keystrokes(), (key) => key.replayUs, playback.timeS() * 1e6 + 1))
  const jump = (index: number) => {
    const key = keystrokes()[index]
    if (key !== undefined) playback.seek(key.replayUs / 1e6)
  }
  const link = () => {
    const moment = { channel: String(props.channel.channel), t: takes.sessionS().toFixed(1) }
    return location.origin + hrefOf(`/sessions/${props.session.id}`, moment)
  }

  const listener = shortcutListener({ playback, settings, step: (by) => jump(current() + by), screen: () => screen })
  onMount(() => window.addEventListener('keydown', listener, { capture: true }))
  onCleanup(() => window.removeEventListener('keydown', listener, { capture: true }))

  return (
    <Show when={!takes.forbidden()} fallback={<Failure of={takes.failure()} />}>
      <div class="replay">
        <div class="watch">
          <Stage ref={(element) => (screen = element)} channel={props.channel} failed={playback.failed()} />
          <Controls
            playback={playback}
            settings={settings}
            keystrokes={keystrokes()}
            clockMs={Date.parse(props.session.startedAt) + takes.sessionS() * 1000}
            link={link()}
          />
        </div>
        <Show
          when={takes.failure() === undefined}
          fallback={<Failure of={takes.failure()} onRetry={() => takes.retry()} />}
        >
          <KeystrokePane keystrokes={keystrokes()} current={current()} onJump={jump} />
        </Show>
      </div>
      <ShortcutList />
    </Show>
  )
}
