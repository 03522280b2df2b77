import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { GatewayError } from '../../errors.ts'
import { readStatement } from './statement.ts'
import { isTreeHead } from './tree-head.ts'
import type { KeptHead } from './verify-log.ts'

/**
 * The tree heads of a file, one a line, as GATEBOOK_TREE_HEAD_FILE collects them; of those that say the same the last.
 * Lines that are none, such as one torn by a crash, are told to `note`. Throws `bad-input` where there is none at all.
 */
export async function readKeptHeads(path: string, note: (text: string) => void): Promise<readonly KeptHead[]> {
  const heads = new Map<string, KeptHead>()
  let others = 0
  try {
    for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
      const statement = line.trim()
      if (statement === '') continue
      const said = readStatement(statement)
      if (said?.kind !== 'tree-head' || !isTreeHead(said.payload)) {
        others++
        continue
      }
      const { gateway, size, root } = said.payload
      heads.set(`${gateway}/${said.keyId}/${size}/${root}`, { statement, keptIn: path })
    }
  } catch (cause) {
    throw new GatewayError('bad-input', `cannot read ${path}: ${(cause as Error).message}`, undefined, cause)
  }
  if (heads.size === 0) {
    throw new GatewayError(
      'bad-input',
      `${path} has no tree head`,
      'give a file that GATEBOOK_TREE_HEAD_FILE collected',
    )
  }
  if (others > 0)
    note(`${others} ${others === 1 ? 'line of' : 'lines of'} ${path} ${others === 1 ? 'is' : 'are'} no tree head`)
  return [...heads.values()]
}
