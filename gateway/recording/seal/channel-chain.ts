import { randomBytes } from 'node:crypto'
import type { RecordedEvent } from '../event.ts'
import { BLOCK_EVENTS_MAX, checkByte, commitment, eventSalt, nextHead, SALT_BYTES } from './chain.ts'

/** The salts of consecutive events of a channel, from `seq` to where the next block begins. */
export interface SaltBlock {
  /** Of its first event. */
  readonly seq: number
  /** 16 bytes from which each event's is derived; where one was erased, 16 bytes for each event, zeros for that one. */
  readonly salts: Buffer
}

/** The chain of one channel while it grows. */
export class ChannelChain {
  #head: Buffer
  #block: SaltBlock | undefined
  #begun: SaltBlock[] = []

  /** `head`: the genesis, or that of the last event stored; salts begin anew behind it. */
  constructor(head: Buffer) {
    this.#head = head
  }

  get head(): Buffer {
    return this.#head
  }

  /** Takes the next event; answers with its check byte. */
  extend(event: RecordedEvent): number {
    const { seq, data } = event
    if (this.#block === undefined || seq - this.#block.seq >= BLOCK_EVENTS_MAX) {
      this.#block = { seq, salts: randomBytes(SALT_BYTES) }
      this.#begun.push(this.#block)
    }
    this.#head = nextHead(this.#head, event, commitment(eventSalt(this.#block.salts, seq), data))
    return checkByte(this.#head)
  }

  /** The blocks begun since the last call. */
  takeSalts(): SaltBlock[] {
    const begun = this.#begun
    this.#begun = []
    return begun
  }
}
