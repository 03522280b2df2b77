import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  consistencyProof,
  GrowingTree,
  inclusionProof,
  provesConsistency,
  provesInclusion,
} from '#gateway/recording/seal/merkle.ts'

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
      for (let index = 0; index < size; index++) {
        const proof = inclusionProof(leaves.slice(0, size), index)
        const leaf = { hash: leaves[index]!, index }
        expect(provesInclusion(leaf, tree, proof)).toBe(true)
        expect(provesInclusion({ ...leaf, hash: leaves[(index + 1) % 40]! }, tree, proof)).toBe(false)
        expect(provesInclusion({ ...leaf, index: index + 1 }, tree, proof), `${index + 1} of ${size}`).toBe(false)
        expect(provesInclusion(leaf, tree, [...proof, leaves[0]!])).toBe(false)
        if (proof.length > 0) expect(provesInclusion(leaf, tree, proof.slice(1))).toBe(false)
      }
    }
  })

  it('proves that it grew from each that it was, and from no other', () => {
    for (let size = 1; size <= leaves.length; size++) {
      const after = treeOf(size)
      for (let earlier = 0; earlier <= size; earlier++) {
        const before = treeOf(earlier)
        const proof = consistencyProof(leaves.slice(0, size), earlier)
        expect(provesConsistency(before, after, proof), `${earlier} to ${size}`).toBe(true)
        if (earlier === 0) continue
        expect(provesConsistency({ ...before, root: sha256() }, after, proof)).toBe(false)
        if (earlier < size) expect(provesConsistency(before, { ...after, root: sha256() }, proof)).toBe(false)
        expect(provesConsistency(before, after, [...proof, sha256()])).toBe(false)
        if (proof.length > 0) expect(provesConsistency(before, after, proof.slice(0, -1))).toBe(false)
      }
    }
    expect(provesConsistency(treeOf(5), treeOf(4), [])).toBe(false)
  })
})
