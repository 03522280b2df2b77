import type { TransferredFileView } from '#shared/transferred-file.ts'
import { pathText } from '../recording/files/file-statement.ts'
import type { TransferredFile } from '../recording/record-store.ts'

/** A file as the API and `--json` list it. */
export function fileView(file: TransferredFile): TransferredFileView {
  const [from, to] = [file.path && pathText(file.path), file.newPath && pathText(file.newPath)]
  return {
    channel: file.channel,
    number: file.number,
    atUs: file.atUs,
    endedUs: file.endedUs ?? null,
    operation: file.operation,
    direction: file.direction ?? null,
    path: from?.text ?? null,
    pathBytes: from?.bytes?.toString('base64') ?? null,
    newPath: to?.text ?? null,
    newPathBytes: to?.bytes?.toString('base64') ?? null,
    bytes: file.bytes ?? null,
    sha256: file.sha256 ?? null,
    result: file.result ?? null,
    note: file.note ?? null,
  }
}
