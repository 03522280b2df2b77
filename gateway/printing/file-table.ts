import { shownPaths } from '#shared/shown-path.ts'
import type { TransferredFileView } from '#shared/transferred-file.ts'
import { shortLength } from './short-times.ts'
import type { Column } from './table.ts'

/** The table of files under `gatebook session show`. */
export const fileColumns: readonly Column<TransferredFileView>[] = [
  { title: 'at', right: true, text: ({ atUs }) => shortLength(atUs / 1000) },
  { title: 'channel', right: true, text: (file) => String(file.channel) },
  { title: 'what', text: (file) => file.direction ?? file.operation },
  { title: 'path', text: (file) => shownPaths(file) || '-' },
  { title: 'bytes', right: true, text: (file) => String(file.bytes ?? '-') },
  { title: 'result', text: resultOf },
  { title: 'sha256', text: (file) => file.sha256 ?? '-' },
]

function resultOf({ result, note }: TransferredFileView): string {
  const word = result ?? 'goes on'
  return note === null ? word : `${word}: ${note}`
}
