import { For, Show } from 'solid-js'
import { printable } from '#shared/printable.ts'
import { shownPaths } from '#shared/shown-path.ts'
import type { TransferredFileView } from '#shared/transferred-file.ts'
import { showBytes, showCount, showLength } from '../format/amount.ts'
import { hrefOf } from '../navigation/href.ts'
import { usePages } from '../pages-context.ts'
import { texts } from '../texts.ts'
import { CopyButton } from '../widgets/copy-button.tsx'
import { Failure } from '../widgets/failure.tsx'
import { createPagedList } from '../widgets/paged-list.ts'
import './files.css'

/** Of a SHA-256, as much as two people compare by eye; the whole of it is copied. */
const HASH_SHOWN = 12

/** The files that passed in a session, each leading to its moment; nothing where there were none. */
export function FilePane(props: { session: string; reloads: number }) {
  const { api } = usePages()
  const list = createPagedList(
    () => [props.session, props.reloads],
    (cursor) => api.files(props.session, cursor),
  )
  const columns = texts.files.columns
  return (
    <>
      <Show when={list.failure()}>{(failure) => <Failure of={failure()} onRetry={list.reload} />}</Show>
      <Show when={list.items().length > 0}>
        <section class="sheet files" aria-labelledby="files-title">
          <h2 id="files-title">
            {texts.files.title}{' '}
            <span class="hint">
              {showCount(list.items().length)}
              {list.nextCursor() !== null && '+'}
            </span>
          </h2>
          <div class="file-rows" tabindex="0" role="group" aria-labelledby="files-title">
            <table class="file-table">
              <thead>
                <tr>
                  <th scope="col">{columns.at}</th>
                  <th scope="col">{columns.what}</th>
                  <th scope="col">{columns.path}</th>
                  <th scope="col" class="number">
                    {columns.bytes}
                  </th>
                  <th scope="col">{columns.result}</th>
                  <th scope="col">{columns.sha256}</th>
                </tr>
              </thead>
              <tbody>
                <For each={list.items()}>{(file) => <FileRow session={props.session} file={file} />}</For>
              </tbody>
            </table>
            <Show when={list.nextCursor() !== null}>
              <button type="button" class="more" onClick={() => list.more()}>
                {texts.files.more}
              </button>
            </Show>
          </div>
        </section>
      </Show>
    </>
  )
}

function FileRow(props: { session: string; file: TransferredFileView }) {
  const moment = () => ({ channel: String(props.file.channel), t: (props.file.atUs / 1e6).toFixed(1) })
  const result = () => (props.file.result === null ? texts.files.goesOn : texts.files.result[props.file.result])
  const doubtful = () => props.file.result !== 'ok' && props.file.result !== null
  return (
    <tr>
      <td class="at">
        <a href={hrefOf(`/sessions/${props.session}`, moment())}>{showLength(props.file.atUs / 1000)}</a>
      </td>
      <td class="what">{texts.files.operation[props.file.direction ?? props.file.operation]}</td>
      <td class="path code">
        <bdi>{shownPaths(props.file)}</bdi>
      </td>
      <td class="number">{props.file.bytes === null ? '' : showBytes(props.file.bytes)}</td>
      <td class="result">
        <span classList={{ doubtful: doubtful() }}>{result()}</span>
        <Show when={props.file.note}>{(note) => <bdi class="hint"> {printable(note())}</bdi>}</Show>
      </td>
      <td class="hash code">
        <Show when={props.file.sha256}>
          {(hash) => (
            <span title={hash()}>
              <CopyButton text={hash()} label={`${hash().slice(0, HASH_SHOWN)}…`} />
            </span>
          )}
        </Show>
      </td>
    </tr>
  )
}
