import { readStatement } from '../recording/seal/statement.ts'
import type { KeptHead } from '../recording/seal/verify-log.ts'
import { rememberedHeadFile } from '../start/remembered-head.ts'

/** The head that the gateway of this data directory signed last. */
export async function rememberedHeads(dataDirectory: string): Promise<readonly KeptHead[]> {
  const statement = await rememberedHeadFile(dataDirectory).read()
  if (statement === undefined || readStatement(statement) === undefined) return []
  return [{ statement, keptIn: 'the data directory' }]
}
