import { createEffect, createMemo, createResource, createSignal, Show } from 'solid-js'
import type { SessionDetail } from '#shared/api.ts'
import { isForward } from '#shared/forward-kinds.ts'
import { CommandPane } from '../commands/command-pane.tsx'
import { FilePane } from '../files/file-pane.tsx'
import { hrefOf } from '../navigation/href.ts'
import { usePages } from '../pages-context.ts'
import { texts } from '../texts.ts'
import { Loaded } from '../widgets/loaded.tsx'
import { ChannelChooser } from './channel-chooser.tsx'
import { ForwardFacts } from './forward-facts.tsx'
import { LiveOrReplay } from './live-or-replay.tsx'
import { SessionFacts } from './session-facts.tsx'
import './session.css'

/** `/sessions/ID?channel=0&t=SECONDS`: one session, its facts and the replay of one of its channels. */
export function SessionScreen(props: { id: string }) {
  const { api } = usePages()
  const [session, { refetch }] = createResource(() => props.id, api.session)
  const [reloads, setReloads] = createSignal(0)
  const reload = () => {
    setReloads(reloads() + 1)
    void refetch()
  }
  return (
    <Loaded resource={session} onRetry={reload}>
      {(found) => <SessionPage session={found()} reloads={reloads()} onReload={reload} />}
    </Loaded>
  )
}

function SessionPage(props: { session: SessionDetail; reloads: number; onReload: () => void }) {
  const { navigation } = usePages()
  createEffect(() => (document.title = texts.title(`${props.session.login}@${props.session.target}`)))
  const channel = createMemo(() => {
    const named = navigation.address().query.get('channel')
    const list = props.session.channelList
    const first = list.find(({ kind }) => !isForward(kind)) ?? list[0]
    return list.find((candidate) => String(candidate.channel) === named) ?? first
  })
  // A string, so that channel 0 counts as one, and a reload of the session leaves the replay in place.
  const chosen = createMemo(() => channel()?.channel.toString())
  const startAtS = () => Number(navigation.address().query.get('t')) || 0
  const choose = (number: number) =>
    navigation.replace(hrefOf(`/sessions/${props.session.id}`, { channel: String(number) }))
  return (
    <>
      <SessionFacts session={props.session} onReload={props.onReload} />
      <ChannelChooser channels={props.session.channelList} chosen={channel()?.channel} onChoose={choose} />
      <CommandPane session={props.session.id} reloads={props.reloads} />
      <FilePane session={props.session.id} reloads={props.reloads} />
      <Show when={chosen()} keyed fallback={<p class="sheet empty">{texts.session.noChannel}</p>}>
        <Show when={channel()}>
          {(found) => (
            <Show
              when={isForward(found().kind)}
              fallback={
                <LiveOrReplay
                  session={props.session}
                  channel={found()}
                  startAtSessionS={startAtS()}
                  reloads={props.reloads}
                  onReload={props.onReload}
                />
              }
            >
              <ForwardFacts session={props.session} channel={found()} />
            </Show>
          )}
        </Show>
      </Show>
    </>
  )
}
