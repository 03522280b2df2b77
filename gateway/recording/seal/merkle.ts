import { digestOf } from './digest.ts'

// The tree of RFC 6962 §2.1 over the hashes of leaves (`leafHash`).

/** The hash of an inner node. */
function nodeHash(left: Buffer, right: Buffer): Buffer {
  return digestOf(Buffer.of(1), left, right)
}

interface Peak {
  readonly size: number
  readonly hash: Buffer
  /** Of leaves below it, as far as it. */
  readonly proofs: readonly Buffer[][]
}

/** The node above both, which stands in the proofs of either the other. */
function joined(left: Peak, right: Peak): Peak {
  for (const proof of left.proofs) proof.push(right.hash)
  for (const proof of right.proofs) proof.push(left.hash)
  const proofs = left.proofs.length + right.proofs.length === 0 ? left.proofs : [...left.proofs, ...right.proofs]
  return { size: left.size + right.size, hash: nodeHash(left.hash, right.hash), proofs }
}

/** The tree of a log while it grows: holds a hash for each bit of its size, not its leaves. */
export class GrowingTree {
  /** Of complete trees, the largest first. */
  #peaks: Peak[] = []
  #size = 0

  /** How many leaves it has. */
  get size(): number {
    return this.#size
  }

  /** With a list, `proof` gathers what proves this leaf in the tree as it is when `finishProofs` is called. */
  append(leaf: Buffer, proof?: Buffer[]): void {
    let peak: Peak = { size: 1, hash: leaf, proofs: proof === undefined ? [] : [proof] }
    for (let last = this.#peaks.at(-1); last?.size === peak.size; last = this.#peaks.at(-1)) {
      this.#peaks.pop()
      peak = joined(last, peak)
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

  /** Completes the proofs (RFC 6962 §2.1.1) that `append` was asked for. The last call to a tree. */
  finishProofs(): void {
    const [last, ...others] = this.#peaks.toReversed()
    if (last !== undefined) others.reduce((right, left) => joined(left, right), last)
  }
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
