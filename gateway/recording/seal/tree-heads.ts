import type { Clock } from '../../clock.ts'
import { GatewayError } from '../../errors.ts'
import { GrowingTree } from './merkle.ts'
import type { SessionLog } from './session-log.ts'
import type { SigningKey } from './signing-key.ts'
import { readStatement } from './statement.ts'
import { isTreeHead, type TreeHeadStatement } from './tree-head.ts'

/** A head is signed at least so often, also of a log that does not grow: silence is seen. */
const HEARTBEAT_MS = 60_000
const RETRY_MS = 1000

/** The head this gateway signed last, kept apart from the database. */
export interface HeadMemory {
  read(): Promise<string | undefined>
  write(statement: string): Promise<void>
  forget(): Promise<void>
}

export interface TreeHeadsParts {
  readonly gatewayId: string
  readonly key: SigningKey
  readonly log: Pick<SessionLog, 'leaves' | 'putHead'>
  readonly memory: HeadMemory
  readonly clock: Clock
  /** Takes each head; must not keep anybody waiting. */
  publish(statement: string): void
  /** Before each head: changes the signing key where it is due. */
  renewKey(): Promise<void>
  /** Told of each new trouble once. */
  onTrouble(error: Error): void
}

/** Signs the head of the tree over the log of sessions: whenever the log has grown, and each minute. */
export class TreeHeads {
  readonly #parts: TreeHeadsParts
  readonly #tree: GrowingTree
  /** The leaf it ends with. */
  #last: Buffer | undefined
  #stopped = false
  #again = false
  #signedUs = -Infinity
  #wake: (() => void) | undefined
  #troubled = false
  #running: Promise<void> = Promise.resolve()

  private constructor(parts: TreeHeadsParts, { tree, last }: Followed) {
    this.#parts = parts
    this.#tree = tree
    this.#last = last
  }

  /**
   * Begins where the log ends, and signs its first head before it returns. Throws `session-log` where the log is not
   * the one that this gateway signed last: an older state was put back, or it was altered.
   */
  static async open(parts: TreeHeadsParts): Promise<TreeHeads> {
    const heads = new TreeHeads(parts, await followed(parts))
    await heads.#sign()
    heads.#running = heads.#run()
    return heads
  }

  /** How many entries the last head counts. */
  get size(): number {
    return this.#tree.size
  }

  /** The log may have grown. */
  grown(): void {
    this.#again = true
    this.#wake?.()
  }

  /** Signs what came last. */
  async close(): Promise<void> {
    this.#stopped = true
    this.grown()
    await this.#running
  }

  async #run(): Promise<void> {
    for (let last = false; !last;) {
      await this.#wait(this.#troubled ? RETRY_MS : HEARTBEAT_MS)
      last = this.#stopped
      try {
        if (!last) await this.#parts.renewKey()
        await this.#sign()
        this.#troubled = false
      } catch (error) {
        if (!this.#troubled && !last) this.#parts.onTrouble(error instanceof Error ? error : new Error(String(error)))
        this.#troubled = true
      }
    }
  }

  async #wait(ms: number): Promise<void> {
    if (!this.#again || this.#troubled) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms)
        this.#wake = () => {
          if (this.#troubled && !this.#stopped) return
          clearTimeout(timer)
          resolve()
        }
        if (this.#stopped) this.#wake()
      })
      this.#wake = undefined
    }
    this.#again = false
  }

  async #sign(): Promise<void> {
    const { gatewayId, key, log, memory, clock } = this.#parts
    const before = this.#tree.size
    await this.#follow()
    const nowUs = clock.monotonicUs()
    if (this.#tree.size === before && nowUs - this.#signedUs < HEARTBEAT_MS * 1000) return
    const statement: TreeHeadStatement = {
      gateway: gatewayId,
      size: this.#tree.size,
      root: this.#tree.root().toString('hex'),
      at: clock.now().toISOString(),
    }
    await key.hold(async () => {
      const signed = key.sign('tree-head', statement)
      await log.putHead(gatewayId, statement.size, signed)
      await memory.write(signed)
      this.#parts.publish(signed)
    })
    this.#signedUs = nowUs
  }

  /** The leaf it ended with must still be there: an older state may be put back while we run. */
  async #follow(): Promise<void> {
    const from = Math.max(0, this.#tree.size - 1)
    let next = from
    for await (const { index, hash } of this.#parts.log.leaves(from)) {
      if (index !== next++) throw altered(`entry ${next - 1} is missing`)
      if (index < this.#tree.size && this.#last?.equals(hash) === true) continue
      if (index < this.#tree.size) throw altered(`entry ${index} is another one`)
      this.#tree.append(hash)
      this.#last = hash
    }
    if (next < this.#tree.size) throw altered(`it has fewer than the ${this.#tree.size} entries that it had`)
  }
}

interface Followed {
  readonly tree: GrowingTree
  readonly last: Buffer | undefined
}

/** The tree as far as the remembered head, which it must have; of nothing where none is remembered. */
async function followed({ log, memory }: Pick<TreeHeadsParts, 'log' | 'memory'>): Promise<Followed> {
  const remembered = rememberedHead(await memory.read())
  const tree = new GrowingTree()
  let last: Buffer | undefined
  if (remembered === undefined) return { tree, last }
  for await (const { index, hash } of log.leaves(0)) {
    if (tree.size === remembered.size) break
    if (index !== tree.size) throw altered(`entry ${tree.size} is missing`)
    tree.append(hash)
    last = hash
  }
  const { size, root, at } = remembered
  if (tree.size < size) throw altered(`it has ${tree.size} entries, but at ${at} this gateway signed ${size}`)
  if (tree.root().toString('hex') !== root) throw altered(`its first ${size} entries are not those signed at ${at}`)
  return { tree, last }
}

/** Throws `session-log` as `TreeHeads.open` does. */
export async function checkRememberedHead(parts: Pick<TreeHeadsParts, 'log' | 'memory'>): Promise<void> {
  await followed(parts)
}

/** Undefined where there is none, or what there is was torn by a crash. */
export function rememberedHead(statement: string | undefined): TreeHeadStatement | undefined {
  const payload = statement === undefined ? undefined : readStatement(statement)?.payload
  return payload !== undefined && isTreeHead(payload) ? payload : undefined
}

function altered(why: string): GatewayError {
  return new GatewayError(
    'session-log',
    `the log of sessions in the database is not the one that this gateway signed: ${why}`,
    'bring back the database as it was, or see: gatebook seal restart --help',
  )
}
