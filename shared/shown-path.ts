import { printable } from './printable.ts'
import type { TransferredFileView } from './transferred-file.ts'

type Paths = Pick<TransferredFileView, 'path' | 'pathBytes' | 'newPath' | 'newPathBytes'>

/** Where a file is and, behind an arrow, where it went; bytes that are no UTF-8 as `\xe9`. '' where there is none. */
export function shownPaths({ path, pathBytes, newPath, newPathBytes }: Paths): string {
  const from = shownPath(path, pathBytes)
  return newPath === null ? from : `${from} -> ${shownPath(newPath, newPathBytes)}`
}

function shownPath(text: string | null, base64: string | null): string {
  if (base64 === null) return printable(text ?? '')
  const bytes = atob(base64)
  return printable(bytes).replace(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`)
}
