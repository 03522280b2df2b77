import { Altered } from './altered.ts'
import type { KeyRing } from './key-ring.ts'
import { GrowingTree } from './merkle.ts'
import { isTreeHead, type TreeHeadStatement } from './tree-head.ts'

/** A tree head and where it was kept, for people: `the database`, a file. */
export interface KeptHead {
  readonly statement: string
  readonly keptIn: string
}

/** A leaf of the log as it is stored. */
export interface StoredLeaf {
  readonly index: number
  readonly hash: Buffer
}

export interface LogEvidence {
  readonly keys: KeyRing
  readonly heads: readonly KeptHead[]
  /** In order. */
  readonly leaves: AsyncIterable<StoredLeaf>
  /** Sees each leaf once, in order. */
  heed?(leaf: StoredLeaf): void
}

/** What a log that is not altered says. */
export interface IntactLog {
  readonly size: number
  /** The newest head that covers it. */
  readonly head: TreeHeadStatement
}

/**
 * Whether the log is the one that every head was signed of: nothing taken out, put in or exchanged before it. Throws
 * `Altered`, also where there is no head at all: each gateway signs one at its start.
 */
export async function verifyLog(evidence: LogEvidence): Promise<IntactLog> {
  const { keys, leaves } = evidence
  const heads = evidence.heads.map((kept) => readTreeHead(keys, kept)).toSorted((one, other) => one.size - other.size)
  const newest = heads.at(-1)
  if (newest === undefined) throw new Altered('no tree head of the log of sessions is left')
  const tree = new GrowingTree()
  let next = 0
  const compare = () => {
    for (let head = heads[next]; head?.size === tree.size; head = heads[++next]) {
      if (tree.root().toString('hex') !== head.root) throw differs(head)
    }
  }
  compare()
  for await (const leaf of leaves) {
    if (leaf.index !== tree.size) throw new Altered(`entry ${tree.size} of the log of sessions is missing`)
    tree.append(leaf.hash)
    evidence.heed?.(leaf)
    compare()
  }
  const beyond = heads[next]
  if (beyond !== undefined) {
    const said = `the tree head of ${beyond.at} in ${beyond.keptIn} counts ${beyond.size}`
    throw new Altered(
      `the log of sessions has ${tree.size} entries, but ${said}: the end was cut off, or an older state put back`,
    )
  }
  return { size: tree.size, head: newest }
}

/** The head, if a key signed it that was in use when the log had that size. Throws `Altered`. */
export function readTreeHead(
  keys: KeyRing,
  { statement, keptIn }: KeptHead,
): TreeHeadStatement & { readonly keptIn: string } {
  const { payload, by } = keys.read(statement, 'tree-head')
  if (!isTreeHead(payload) || payload.gateway !== by.gateway) throw new Altered(`a tree head in ${keptIn} is malformed`)
  const { size } = payload
  if (size <= by.from || size > (by.until ?? size) + 1) {
    throw new Altered(`a tree head in ${keptIn} is signed by a key that was not in use then`)
  }
  return { ...payload, keptIn }
}

function differs({ at, size, keptIn }: TreeHeadStatement & { readonly keptIn: string }): Altered {
  return new Altered(
    `the first ${size} entries of the log of sessions are not those of the tree head of ${at} in ${keptIn}`,
  )
}
