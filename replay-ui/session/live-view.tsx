import { createSignal, onCleanup, onMount, Show } from 'solid-js'
import type { ChannelView, SessionDetail } from '#shared/api.ts'
import { liveUrl } from '../api/gatebook-api.ts'
import { createLivePlayer } from '../player/live-player.ts'
import { texts } from '../texts.ts'
import { Stage } from './stage.tsx'
import 'asciinema-player/dist/bundle/asciinema-player.css'

/** One channel as it goes on. */
export function LiveView(props: { session: SessionDetail; channel: ChannelView }) {
  const [over, setOver] = createSignal(false)
  let screen!: HTMLDivElement
  onMount(() => {
    const url = liveUrl({ session: props.session.id, channel: props.channel.channel })
    const player = createLivePlayer(url, screen)
    player.addEventListener('ended', () => setOver(true))
    onCleanup(() => player.dispose())
  })
  return (
    <div class="watch">
      <p class="hint" role="status">
        <Show when={over()} fallback={texts.watching.meaning}>
          {texts.watching.over}
        </Show>
      </p>
      <Stage ref={(element) => (screen = element)} channel={props.channel} failed={false} />
    </div>
  )
}
