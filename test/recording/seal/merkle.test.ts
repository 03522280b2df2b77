import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { GrowingTree, provesInclusion } from '#gateway/recording/seal/merkle.ts'

const sha256 = (...parts: readonly Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest()

/** RFC 6962 §2.1 as it is written there. */
function treeHash(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return sha256()
  if (leaves.length === 1) return leaves[0]!
  let half = 1
  while (half * 2 < leaves.length) half *= 2
  return sha256(Buffer.of(1), treeHash(leaves.slice(0, half)), treeHash(leaves.slice(half)))
}

const leaves = Array.from({ length: 40 }, (_, index) => sha256(Buffer.of(0, index)))
const treeOf = (size: number) => ({ size, root: treeHash(leaves.slice(0, size)) })

/** Of each leaf in the tree of the first `size`. */
function inclusionProofs(size: number): readonly Buffer[][] {
  const tree = new GrowingTree()
  const proofs = leaves.slice(0, size).map((leaf) => {
    const proof: Buffer[] = []
    tree.append(leaf, proof)
    return proof
  })
  tree.finishProofs()
  return proofs
}

describe('the tree of the log', () => {
  it('has the head of RFC 6962, whatever its size', () => {
    const tree = new GrowingTree()
    for (let size = 0; size <= leaves.length; size++) {
      expect(tree.root()).toEqual(treeHash(leaves.slice(0, size)))
      expect(tree.size).toBe(size)
      if (size < leaves.length) tree.append(leaves[size]!)
    }
  })

  it('has the heads that certificate transparency publishes as its examples', () => {
    const data = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
    const tree = new GrowingTree()
    for (const one of data) tree.append(sha256(Buffer.of(0), Buffer.from(one, 'hex')))
    expect(tree.root().toString('hex')).toBe('5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328')
  })

  it('proves each of its leaves, and no other in its place', () => {
    for (let size = 1; size <= leaves.length; size++) {
      const tree = treeOf(size)
      const proofs = inclusionProofs(size)
      for (let index = 0; index < size; index++) {
        const proof = proofs[index]!
        const leaf = { hash: leaves[index]!, index }
        expect(provesInclusion(leaf, tree, proof)).toBe(true)
        expect(provesInclusion({ ...leaf, hash: leaves[(index + 1) % 40]! }, tree, proof)).toBe(false)
        expect(provesInclusion({ ...leaf, index: index + 1 }, tree, proof), `${index + 1} of ${size}`).toBe(false)
        expect(provesInclusion(leaf, tree, [...proof, leaves[0]!])).toBe(false)
        if (proof.length > 0) expect(provesInclusion(leaf, tree, proof.slice(1))).toBe(false)
      }
    }
  })
})
