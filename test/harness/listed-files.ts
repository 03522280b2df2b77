import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { TransferredFile } from '#gateway/recording/record-store.ts'
import type { TestGateway } from './gateway.ts'
import { newestEndedSession } from './recorded.ts'

/** The files of the newest session, when it is over and stored. */
export async function newestFiles(gateway: TestGateway): Promise<readonly TransferredFile[]> {
  const { id } = await newestEndedSession(gateway)
  return gateway.stores.records.files(id, 10_000)
}

/** What an entry says, shortly: `upload /srv/x 5 ok`, with the hash of what passed where there is one. */
export function told({ operation, direction, path, newPath, bytes, result, sha256 }: TransferredFile): string {
  const what = direction ?? operation
  return [what, path?.toString(), newPath && `-> ${newPath.toString()}`, bytes, result, sha256?.slice(0, 16)]
    .filter((word) => word !== undefined)
    .join(' ')
}

/** Of a file on the disk, as `sha256sum` has it. */
export async function sha256Of(path: string | Buffer): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
