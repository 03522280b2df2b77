import { NotFollowed } from '../not-followed.ts'

/** `uint32 length, byte type` (draft-ietf-secsh-filexfer-02 §3). */
const PREFIX = 5
/** OpenSSH ends beyond 256 KiB, others beyond 1 MiB: a longer packet is no SFTP. */
const LENGTH_MAX = 4 * 1024 * 1024

/** Who hears the packets of one direction. */
export interface PacketListener {
  /** How many bytes behind the type are to be gathered before `packet`, at most. */
  headOf(type: number): number
  /** `head` may be a view; it is as long as `headOf` said, or as the packet. `length` is without the type. */
  packet(type: number, head: Buffer, length: number): void
  /** What follows behind the head, in any number of views. */
  body(slice: Buffer): void
}

/** Cuts the bytes of one direction into packets, without copying what is behind their heads. Throws `NotFollowed`. */
export class SftpPackets {
  readonly #listener: PacketListener
  #gathered: Buffer | undefined
  #gatheredBytes = 0
  /** How many bytes are to be gathered: of the prefix, then of the head. */
  #wanted = PREFIX
  /** Of the packet whose prefix is read. */
  #type: number | undefined
  #length = 0
  /** Bytes behind the head that are still to come. */
  #body = 0

  constructor(listener: PacketListener) {
    this.#listener = listener
  }

  feed(chunk: Buffer): void {
    for (let rest = chunk; rest.length > 0;) {
      const length = Math.min(this.#body > 0 ? this.#body : this.#wanted - this.#gatheredBytes, rest.length)
      const slice = rest.subarray(0, length)
      rest = rest.subarray(length)
      if (this.#body > 0) {
        this.#body -= length
        this.#listener.body(slice)
      } else this.#gather(slice)
    }
  }

  #gather(slice: Buffer): void {
    const gathers = this.#gathered ?? (slice.length < this.#wanted ? Buffer.allocUnsafe(this.#wanted) : undefined)
    gathers?.set(slice, this.#gatheredBytes)
    this.#gathered = gathers
    this.#gatheredBytes += slice.length
    if (this.#gatheredBytes < this.#wanted) return
    this.#gathered = undefined
    this.#gatheredBytes = 0
    if (this.#type === undefined) this.#takePrefix(gathers ?? slice)
    else this.#takeHead(this.#type, gathers ?? slice)
  }

  #takePrefix(prefix: Buffer): void {
    const length = prefix.readUInt32BE(0)
    if (length < 1 || length > LENGTH_MAX) throw new NotFollowed(`a packet of ${length} bytes is no SFTP`)
    this.#type = prefix[4] ?? 0
    this.#length = length - 1
    this.#wanted = Math.min(this.#listener.headOf(this.#type), this.#length)
    if (this.#wanted === 0) this.#takeHead(this.#type, Buffer.alloc(0))
  }

  #takeHead(type: number, head: Buffer): void {
    this.#body = this.#length - head.length
    this.#type = undefined
    this.#wanted = PREFIX
    this.#listener.packet(type, head, this.#length)
  }
}
