import { Altered } from './altered.ts'
import type { TreeHeadStatement } from './tree-head.ts'
import { isSignedBy, keyIdOf, type PublicKey, readStatement } from './statement.ts'

/** A statement with its place in the log of sessions. */
export interface LoggedStatement {
  readonly index: number
  readonly statement: string
}

/** What a gateway says when it begins to sign with another key. */
export interface KeyStatement {
  readonly gateway: string
  readonly key: PublicKey
  /** The key before, which signs this statement; null where a chain of keys begins, which signs itself. */
  readonly previous: string | null
  readonly at: string
  /** Why a chain begins anew, where the gateway had one before. */
  readonly reason?: string
  /** The head that the gateway had signed last, where the log is not that one any more. */
  readonly lost?: TreeHeadStatement
}

/** A key that signed, or signs, for a gateway. */
export interface RingKey {
  readonly id: string
  readonly gateway: string
  readonly key: PublicKey
  readonly at: string
  /** The keys of one chain have the same: the id of its first. */
  readonly chain: string
  /** Why its chain was begun, where an earlier one was given up. */
  readonly reason: string | undefined
  /** Its own place in the log. */
  readonly from: number
  /** The place of its successor: behind it the key signs nothing. */
  until: number | undefined
}

/** Every key of an installation, each believed because the one before it says so. */
export class KeyRing {
  readonly #keys = new Map<string, RingKey>()
  readonly #current = new Map<string, RingKey>()

  /** From the key statements of the log, in order. Throws `Altered` for one that nobody entitled signed. */
  constructor(statements: readonly LoggedStatement[]) {
    for (const logged of statements) this.#take(logged)
  }

  /** The key the gateway signs with last; undefined where it has none. */
  current(gateway: string): RingKey | undefined {
    return this.#current.get(gateway)
  }

  get(id: string): RingKey | undefined {
    return this.#keys.get(id)
  }

  /** The first key of each chain, in the order of the log. */
  chains(): readonly RingKey[] {
    return [...this.#keys.values()].filter(({ id, chain }) => id === chain)
  }

  /**
   * What the statement says, if it is of this kind and a key signed it while it was in use. Throws `Altered`. `index`
   * is its place in the log, where it stands there.
   */
  read(
    text: string,
    kind: string,
    index?: number,
  ): { readonly by: RingKey; readonly payload: Record<string, unknown> } {
    const parsed = readStatement(text)
    if (parsed === undefined || parsed.kind !== kind)
      throw new Altered(`there is no ${kind} statement where one should be`)
    const by = this.#keys.get(parsed.keyId)
    if (by === undefined) throw new Altered(`the ${kind} statement is signed by a key that no gateway has`)
    if (!isSignedBy(text, by.key)) throw new Altered(`the signature of the ${kind} statement is wrong`)
    if (index !== undefined && (index < by.from || index > (by.until ?? index))) {
      throw new Altered(`the ${kind} statement is signed by a key that was not in use then`)
    }
    return { by, payload: parsed.payload }
  }

  #take({ index, statement }: LoggedStatement): void {
    const parsed = readStatement(statement)
    if (parsed === undefined || parsed.kind !== 'key' || !isKeyStatement(parsed.payload)) {
      throw new Altered(`entry ${index} of the log is no statement about a key`)
    }
    const { gateway, key, previous, at, reason } = parsed.payload
    const id = keyIdOf(key)
    const before = this.#current.get(gateway)
    const signer = previous === null ? key : before?.key
    const isEntitled =
      parsed.keyId === (previous ?? id) &&
      (previous === null ? reason !== undefined || !before : before?.id === previous)
    if (signer === undefined || !isEntitled || this.#keys.has(id) || !isSignedBy(statement, signer)) {
      throw new Altered(`entry ${index} of the log brings in a key that nobody entitled has signed`)
    }
    if (before !== undefined) before.until = index
    const chain = previous === null ? id : (before?.chain ?? id)
    const since = previous === null ? reason : before?.reason
    const added: RingKey = { id, gateway, key, at, chain, reason: since, from: index, until: undefined }
    this.#keys.set(id, added)
    this.#current.set(gateway, added)
  }
}

function isKeyStatement(payload: Readonly<Record<string, unknown>>): payload is KeyStatement & Record<string, unknown> {
  const { gateway, key, previous, at, reason } = payload
  return (
    typeof gateway === 'string' &&
    typeof at === 'string' &&
    (previous === null || typeof previous === 'string') &&
    (reason === undefined || typeof reason === 'string') &&
    isPublicKey(key)
  )
}

function isPublicKey(value: unknown): value is PublicKey {
  if (typeof value !== 'object' || value === null) return false
  const { kty, crv, x } = value as Record<string, unknown>
  // 32 bytes in base64url.
  return kty === 'OKP' && crv === 'Ed25519' && typeof x === 'string' && /^[\w-]{43}$/.test(x)
}
