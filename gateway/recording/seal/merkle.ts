import { digestOf } from './digest.ts'

// The tree of RFC 6962 §2.1 over the hashes of leaves (`leafHash`).

/** The hash of an inner node. */
function nodeHash(left: Buffer, right: Buffer): Buffer {
  return digestOf(Buffer.of(1), left, right)
}

/** The tree of a log while it grows: holds a hash for each bit of its size, not its leaves. */
export class GrowingTree {
  /** Of complete trees, the largest first. */
  #peaks: { readonly size: number; readonly hash: Buffer }[] = []
  #size = 0

  /** How many leaves it has. */
  get size(): number {
    return this.#size
  }

  append(leaf: Buffer): void {
    let peak = { size: 1, hash: leaf }
    for (let last = this.#peaks.at(-1); last?.size === peak.size; last = this.#peaks.at(-1)) {
      this.#peaks.pop()
      peak = { size: peak.size * 2, hash: nodeHash(last.hash, peak.hash) }
    }
    this.#peaks.push(peak)
    this.#size++
  }

  /** The head of the tree; of no leaves the hash of nothing. */
  root(): Buffer {
    const [last, ...others] = this.#peaks.toReversed()
    if (last === undefined) return digestOf()
    return others.reduce((right, { hash }) => nodeHash(hash, right), last.hash)
  }
}

/** The root of the leaves from `from` to `to`, without `to`. */
function rootOf(leaves: readonly Buffer[], from: number, to: number): Buffer {
  const tree = new GrowingTree()
  for (let at = from; at < to; at++) tree.append(leaves[at] ?? Buffer.alloc(0))
  return tree.root()
}

/** The largest power of two below `size`, which is at least 2. */
function split(size: number): number {
  let half = 1
  while (half * 2 < size) half *= 2
  return half
}

/** What proves that the leaf of this index is in the tree of all these leaves (RFC 6962 §2.1.1). */
export function inclusionProof(leaves: readonly Buffer[], index: number, from = 0, to = leaves.length): Buffer[] {
  if (to - from <= 1) return []
  const middle = from + split(to - from)
  return index < middle
    ? [...inclusionProof(leaves, index, from, middle), rootOf(leaves, middle, to)]
    : [...inclusionProof(leaves, index, middle, to), rootOf(leaves, from, middle)]
}

/** Whether the proof leads from the leaf to the root of a tree of this size (RFC 9162 §2.1.3.2). */
export function provesInclusion(
  leaf: { readonly hash: Buffer; readonly index: number },
  tree: { readonly size: number; readonly root: Buffer },
  proof: readonly Buffer[],
): boolean {
  if (leaf.index >= tree.size) return false
  let [place, last, hash] = [leaf.index, tree.size - 1, leaf.hash]
  for (const sibling of proof) {
    if (last === 0) return false
    if (place % 2 === 1 || place === last) {
      hash = nodeHash(sibling, hash)
      while (place % 2 === 0 && place > 0) [place, last] = [place / 2, Math.floor(last / 2)]
    } else hash = nodeHash(hash, sibling)
    ;[place, last] = [Math.floor(place / 2), Math.floor(last / 2)]
  }
  return last === 0 && hash.equals(tree.root)
}

/** What proves that the tree of the first `size` of these leaves became that of all (RFC 6962 §2.1.2). */
export function consistencyProof(leaves: readonly Buffer[], size: number): Buffer[] {
  return size === 0 || size === leaves.length ? [] : subproof(leaves, { size, from: 0, to: leaves.length, whole: true })
}

function subproof(
  leaves: readonly Buffer[],
  {
    size,
    from,
    to,
    whole,
  }: { readonly size: number; readonly from: number; readonly to: number; readonly whole: boolean },
): Buffer[] {
  if (size === to) return whole ? [] : [rootOf(leaves, from, to)]
  const middle = from + split(to - from)
  return size <= middle
    ? [...subproof(leaves, { size, from, to: middle, whole }), rootOf(leaves, middle, to)]
    : [...subproof(leaves, { size, from: middle, to, whole: false }), rootOf(leaves, from, middle)]
}

/** Whether the proof leads from the one tree to the other, larger one (RFC 9162 §2.1.4.2). */
export function provesConsistency(
  before: { readonly size: number; readonly root: Buffer },
  after: { readonly size: number; readonly root: Buffer },
  proof: readonly Buffer[],
): boolean {
  if (before.size > after.size) return false
  if (before.size === after.size) return proof.length === 0 && before.root.equals(after.root)
  if (before.size === 0) return proof.length === 0
  // A complete tree is its own first node.
  const path = Number.isInteger(Math.log2(before.size)) ? [before.root, ...proof] : [...proof]
  let [place, last] = [before.size - 1, after.size - 1]
  while (place % 2 === 1) [place, last] = [Math.floor(place / 2), Math.floor(last / 2)]
  const first = path.shift()
  if (first === undefined) return false
  let [old, grown] = [first, first]
  for (const sibling of path) {
    if (last === 0) return false
    if (place % 2 === 1 || place === last) {
      old = nodeHash(sibling, old)
      grown = nodeHash(sibling, grown)
      while (place % 2 === 0 && place > 0) [place, last] = [place / 2, Math.floor(last / 2)]
    } else grown = nodeHash(grown, sibling)
    ;[place, last] = [Math.floor(place / 2), Math.floor(last / 2)]
  }
  return last === 0 && old.equals(before.root) && grown.equals(after.root)
}
