import { createSignal, Show } from 'solid-js'
import type { ChannelView, SessionDetail } from '#shared/api.ts'
import { texts } from '../texts.ts'
import { LiveView } from './live-view.tsx'
import { Replay } from './replay.tsx'

/** The replay of a channel, or, while it goes on and somebody wants to see that, what happens there now. */
export function LiveOrReplay(props: {
  session: SessionDetail
  channel: ChannelView
  startAtSessionS: number
  reloads: number
  onReload: () => void
}) {
  const [watching, setWatching] = createSignal(false)
  const isLive = () => props.session.live && props.channel.closedMs === null

  function turn(): void {
    setWatching(!watching())
    // What was watched is on record by now.
    if (!watching()) props.onReload()
  }

  return (
    <>
      <Show when={isLive() || watching()}>
        <div class="actions">
          <button type="button" aria-pressed={watching()} onClick={turn}>
            {watching() ? texts.watching.replay : texts.watching.watch}
          </button>
        </div>
      </Show>
      <Show
        when={watching()}
        fallback={
          <Replay
            session={props.session}
            channel={props.channel}
            startAtSessionS={props.startAtSessionS}
            reloads={props.reloads}
          />
        }
      >
        <LiveView session={props.session} channel={props.channel} />
      </Show>
    </>
  )
}
