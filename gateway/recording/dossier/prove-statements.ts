import { GatewayError } from '../../errors.ts'
import type { LoggedStatement } from '../seal/key-ring.ts'
import { GrowingTree } from '../seal/merkle.ts'
import type { SessionLog } from '../seal/session-log.ts'
import { keyIdOf, type PublicKey, readStatement } from '../seal/statement.ts'
import { isTreeHead, type TreeHeadStatement } from '../seal/tree-head.ts'
import type { ProvenStatement } from './dossier-files.ts'

/** A signed head of the log of sessions, taken at its word: whoever verifies looks at the signature. */
export interface ReadHead extends TreeHeadStatement {
  readonly statement: string
  readonly keyId: string
}

/** Undefined for what is no tree head. */
export function readHead(statement: string): ReadHead | undefined {
  const said = readStatement(statement)
  if (said?.kind !== 'tree-head' || !isTreeHead(said.payload)) return undefined
  const { gateway, size, root, at } = said.payload
  return { gateway, size, root, at, statement, keyId: said.keyId }
}

/** The newest of these heads that counts this entry; of several of one size always the same. */
export function headOver(index: number, statements: readonly string[]): ReadHead | undefined {
  return statements
    .flatMap((statement) => readHead(statement) ?? [])
    .filter(({ size }) => size > index)
    .toSorted((one, other) => other.size - one.size || (one.statement < other.statement ? -1 : 1))[0]
}

/**
 * Proves the place of each statement under this head; reads the log once. Throws `session-log` where the log is not the
 * one that the head was signed of.
 */
export async function proveStatements(
  log: Pick<SessionLog, 'leaves'>,
  head: ReadHead,
  statements: readonly LoggedStatement[],
): Promise<readonly ProvenStatement[]> {
  const proofs = new Map(statements.map(({ index }) => [index, [] as Buffer[]]))
  const tree = new GrowingTree()
  for await (const { index, hash } of log.leaves(0)) {
    if (tree.size === head.size || index !== tree.size) break
    tree.append(hash, proofs.get(index))
  }
  if (tree.size !== head.size || tree.root().toString('hex') !== head.root) {
    throw new GatewayError(
      'session-log',
      `the log of sessions is not the one whose head ${head.gateway} signed at ${head.at}`,
      'gatebook verify --all tells more',
    )
  }
  tree.finishProofs()
  return statements.map(({ index, statement }) => ({
    index,
    statement,
    proof: (proofs.get(index) ?? []).map((hash) => hash.toString('hex')),
  }))
}

/** Every key of the gateways that signed one of these statements: each is believed for the one before it. */
export function keysBehind(
  keys: readonly LoggedStatement[],
  statements: readonly string[],
): readonly LoggedStatement[] {
  const signers = new Set(statements.map((statement) => readStatement(statement)?.keyId))
  const read = keys.map((logged) => ({ logged, ...keyFacts(logged.statement) }))
  const gateways = new Set(read.filter(({ id }) => signers.has(id)).map(({ gateway }) => gateway))
  return read.filter(({ gateway }) => gateways.has(gateway)).map(({ logged }) => logged)
}

/** Where the key stands in the log that signed this statement; 0 where none did. */
export function keyPlace(keys: readonly LoggedStatement[], statement: string): number {
  const signer = readStatement(statement)?.keyId
  return keys.find((logged) => keyFacts(logged.statement).id === signer)?.index ?? 0
}

/** The key that a key statement brings in, taken at its word; nothing where it has none. */
function keyFacts(statement: string): {
  readonly id?: string
  readonly gateway?: unknown
  readonly key?: object
} {
  const { gateway, key } = readStatement(statement)?.payload ?? {}
  if (typeof key !== 'object' || key === null) return { gateway }
  return { id: keyIdOf(key as PublicKey), gateway, key }
}
