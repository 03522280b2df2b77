import { For, Show } from 'solid-js'
import type { ChannelView } from '#shared/api.ts'
import { showLength } from '../format/amount.ts'
import { texts } from '../texts.ts'

/** Chooses the channel to replay, where a session has more than one. */
export function ChannelChooser(props: {
  channels: readonly ChannelView[]
  chosen: number | undefined
  onChoose: (channel: number) => void
}) {
  return (
    <Show when={props.channels.length > 1}>
      <fieldset class="channels">
        <legend class="unseen">{texts.session.channels}</legend>
        <For each={props.channels}>
          {(channel) => (
            <label>
              <input
                type="radio"
                name="channel"
                class="unseen"
                checked={channel.channel === props.chosen}
                onChange={() => props.onChoose(channel.channel)}
              />
              <span class="channel">
                <strong>{channel.kind === null ? texts.session.opening : texts.session.kind[channel.kind]}</strong>{' '}
                <span class="code">{channel.command ?? ''}</span>
                <span class="hint">
                  {texts.session.channelAt(showLength(channel.openedMs))}
                  {exitOf(channel)}
                </span>
              </span>
            </label>
          )}
        </For>
      </fieldset>
    </Show>
  )
}

function exitOf({ exitSignal, exitStatus }: ChannelView): string {
  if (exitSignal !== null) return ` · ${texts.exit.signal(exitSignal)}`
  return exitStatus === null ? '' : ` · ${texts.exit.status(exitStatus)}`
}
