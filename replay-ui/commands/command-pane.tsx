import { createSignal, For, Show } from 'solid-js'
import { printable } from '#shared/printable.ts'
import type { SessionCommandView } from '#shared/search.ts'
import { showCount, showLength } from '../format/amount.ts'
import { hrefOf } from '../navigation/href.ts'
import { usePages } from '../pages-context.ts'
import { texts } from '../texts.ts'
import { Failure } from '../widgets/failure.tsx'
import { createPagedList } from '../widgets/paged-list.ts'
import './commands.css'

/** The commands that were found in a session, each leading to its moment; nothing where there are none. */
export function CommandPane(props: { session: string; reloads: number }) {
  const { api } = usePages()
  const [notRead, setNotRead] = createSignal(false)
  const list = createPagedList(
    () => [props.session, props.reloads],
    async (cursor) => {
      const page = await api.commands(props.session, cursor)
      setNotRead(page.notRead.length > 0)
      return page
    },
  )
  const columns = texts.commands.columns
  return (
    <>
      <Show when={list.failure()}>{(failure) => <Failure of={failure()} onRetry={list.reload} />}</Show>
      <Show when={list.items().length > 0 || notRead()}>
        <section class="sheet commands" aria-labelledby="commands-title">
          <h2 id="commands-title">
            {texts.commands.title}{' '}
            <span class="hint">
              {showCount(list.items().length)}
              {list.nextCursor() !== null && '+'}, {texts.commands.aid}
            </span>
          </h2>
          <Show when={notRead()}>
            <p class="hint">{texts.commands.notRead}</p>
          </Show>
          <Show when={list.items().length > 0}>
            <div class="command-rows" tabindex="0" role="group" aria-labelledby="commands-title">
              <table class="command-table">
                <thead>
                  <tr>
                    <th scope="col">{columns.at}</th>
                    <th scope="col">{columns.command}</th>
                    <th scope="col">{columns.directory}</th>
                    <th scope="col" class="number">
                      {columns.length}
                    </th>
                    <th scope="col" class="number">
                      {columns.exit}
                    </th>
                    <th scope="col">{columns.source}</th>
                  </tr>
                </thead>
                <tbody>
                  <For each={list.items()}>{(command) => <CommandRow session={props.session} command={command} />}</For>
                </tbody>
              </table>
              <Show when={list.nextCursor() !== null}>
                <button type="button" class="more" onClick={() => list.more()}>
                  {texts.commands.more}
                </button>
              </Show>
            </div>
          </Show>
        </section>
      </Show>
    </>
  )
}

function CommandRow(props: { session: string; command: SessionCommandView }) {
  const moment = () => ({ channel: String(props.command.channel), t: (props.command.atUs / 1e6).toFixed(1) })
  const length = () =>
    props.command.endedUs === null ? '' : showLength((props.command.endedUs - props.command.atUs) / 1000)
  return (
    <tr>
      <td class="at">
        <a href={hrefOf(`/sessions/${props.session}`, moment())}>{showLength(props.command.atUs / 1000)}</a>
      </td>
      <td class="text code">
        <bdi>{props.command.text.split('\n').map(printable).join('\n')}</bdi>
      </td>
      <td class="code">
        <bdi>{printable(props.command.directory ?? '')}</bdi>
      </td>
      <td class="number">{length()}</td>
      <td class="number" classList={{ failed: (props.command.exitStatus ?? 0) !== 0 }}>
        {props.command.exitStatus}
      </td>
      <td class="hint">{texts.commands.source[props.command.source]}</td>
    </tr>
  )
}
