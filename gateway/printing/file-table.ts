import type { TransferredFileView } from '#shared/transferred-file.ts'
import { shortLength } from './short-times.ts'
import type { Column } from './table.ts'

/** The table of files under `gatebook session show`. */
export const fileColumns: readonly Column<TransferredFileView>[] = [
  { title: 'at', right: true, text: ({ atUs }) => shortLength(atUs / 1000) },
  { title: 'channel', right: true, text: (file) => String(file.channel) },
  { title: 'what', text: (file) => file.direction ?? file.operation },
  { title: 'path', text: pathsOf },
  { title: 'bytes', right: true, text: (file) => String(file.bytes ?? '-') },
  { title: 'result', text: resultOf },
  { title: 'sha256', text: (file) => file.sha256 ?? '-' },
]

function pathsOf(file: TransferredFileView): string {
  const from = pathOf(file.path, file.pathBytes)
  return file.newPath === null ? from : `${from} -> ${pathOf(file.newPath, file.newPathBytes)}`
}

/** What is not UTF-8 is shown as a shell can read it, `\\xe9` for a byte. */
function pathOf(text: string | null, bytes: string | null): string {
  if (bytes === null) return text ?? '-'
  return Buffer.from(bytes, 'base64')
    .toString('latin1')
    .replace(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`)
}

function resultOf({ result, note }: TransferredFileView): string {
  const word = result ?? 'goes on'
  return note === null ? word : `${word}: ${note}`
}
