import { and, asc, eq, gt, isNull, or, sql } from 'drizzle-orm'
import { pathText } from '../recording/files/file-statement.ts'
import type { FileChange, FilePlace, TransferredFile } from '../recording/record-store.ts'
import type { Queries } from './database.ts'
import { transferredFile } from './schema-recording.ts'

type Row = typeof transferredFile.$inferSelect

const replaced = (name: string) => sql`excluded.${sql.identifier(name)}`

/** Puts what a batch says of files in place of what was said before. One statement about each number. */
export async function putFiles(
  tx: Queries,
  files: readonly (FileChange & { readonly month: string })[],
): Promise<void> {
  await tx
    .insert(transferredFile)
    .values(files.map(columnsOf))
    .onConflictDoUpdate({
      target: [transferredFile.sessionId, transferredFile.channel, transferredFile.number, transferredFile.month],
      set: {
        endedUs: replaced('ended_us'),
        operation: replaced('operation'),
        direction: replaced('direction'),
        path: replaced('path'),
        pathBytes: replaced('path_bytes'),
        newPath: replaced('new_path'),
        newPathBytes: replaced('new_path_bytes'),
        bytes: replaced('bytes'),
        sha256: replaced('sha256'),
        result: replaced('result'),
        note: replaced('note'),
      },
    })
}

/** By channel and number. */
export async function listFiles(
  queries: Queries,
  of: { readonly sessionId: string; readonly month: string },
  { limit, after }: { readonly limit: number; readonly after: FilePlace | undefined },
): Promise<readonly TransferredFile[]> {
  const { sessionId, month, channel, number } = transferredFile
  const behind = after && or(gt(channel, after.channel), and(eq(channel, after.channel), gt(number, after.number)))
  const rows = await queries
    .select()
    .from(transferredFile)
    .where(and(eq(sessionId, of.sessionId), eq(month, of.month), behind))
    .orderBy(asc(channel), asc(number))
    .limit(limit)
  return rows.map(fileOf)
}

/** The gateway was killed: whatever went on then was cut off. */
export async function interruptFiles(tx: Queries, id: string): Promise<void> {
  const { sessionId, result } = transferredFile
  await tx
    .update(transferredFile)
    .set({ result: 'interrupted' })
    .where(and(eq(sessionId, id), isNull(result)))
}

function columnsOf(file: FileChange & { readonly month: string }): typeof transferredFile.$inferInsert {
  const { atUs, path, newPath, sha256, ...columns } = file
  const [from, to] = [path && pathText(path), newPath && pathText(newPath)]
  return {
    ...columns,
    tUs: atUs,
    path: from?.text,
    pathBytes: from?.bytes,
    newPath: to?.text,
    newPathBytes: to?.bytes,
    sha256: sha256 === undefined ? undefined : Buffer.from(sha256, 'hex'),
  }
}

function fileOf(row: Row): TransferredFile {
  return {
    channel: row.channel,
    number: row.number,
    atUs: row.tUs,
    endedUs: row.endedUs ?? undefined,
    operation: row.operation,
    direction: row.direction ?? undefined,
    path: pathOf(row.path, row.pathBytes),
    newPath: pathOf(row.newPath, row.newPathBytes),
    bytes: row.bytes ?? undefined,
    sha256: row.sha256?.toString('hex'),
    result: row.result ?? undefined,
    note: row.note ?? undefined,
  }
}

function pathOf(text: string | null, bytes: Buffer | null): Buffer | undefined {
  return bytes ?? (text === null ? undefined : Buffer.from(text))
}
