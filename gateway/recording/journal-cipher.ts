import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** Seals the journal's keys; the vault. */
export interface KeySealer {
  seal(plain: Uint8Array, context: string): Buffer
  /** Throws `master-key`. */
  open(sealed: Uint8Array, context: string): Buffer
}

const ALGORITHM = 'aes-256-ctr'
const KEY_BYTES = 32
const BLOCK_BYTES = 16
/** Before the ciphertext: where in the key stream it begins. */
const PLACE_BYTES = 8
const CONTEXT = 'journal-key'
const ZEROS = Buffer.alloc(1024)

/**
 * Encrypts what is typed at a terminal on its way through the journal: a password is known for one only when its
 * line has ended, and by then it stands in a file. One key for each process, sealed in the head of every segment.
 * The stream of AES-CTR is used once, from its beginning to 2^48 bytes; whole records are guarded by their checksum.
 */
export class JournalCipher {
  readonly sealedKey: Buffer
  readonly #key: Buffer
  readonly #stream: ReturnType<typeof createCipheriv>
  #place = 0
  #ahead: Buffer = Buffer.alloc(0)
  #used = 0

  private constructor(key: Buffer, sealedKey: Buffer) {
    this.#key = key
    this.sealedKey = sealedKey
    this.#stream = createCipheriv(ALGORITHM, key, Buffer.alloc(BLOCK_BYTES))
  }

  /** With a new key, to write with. */
  static create(sealer: KeySealer): JournalCipher {
    const key = randomBytes(KEY_BYTES)
    return new JournalCipher(key, sealer.seal(key, CONTEXT))
  }

  /** With the key of a segment, to read it; to write with it would use its stream twice. Throws `master-key`. */
  static open(sealer: KeySealer, sealedKey: Buffer): Pick<JournalCipher, 'decrypt'> {
    return new JournalCipher(sealer.open(sealedKey, CONTEXT), sealedKey)
  }

  encrypt(data: Buffer): Buffer {
    const payload = Buffer.allocUnsafe(PLACE_BYTES + data.length)
    payload.writeUIntBE(0, 0, PLACE_BYTES - 6)
    payload.writeUIntBE(this.#place, PLACE_BYTES - 6, 6)
    this.#place += data.length
    for (let at = 0; at < data.length; at++) payload[PLACE_BYTES + at] = (data[at] ?? 0) ^ this.#keyByte()
    return payload
  }

  /** Of a piece of the stream that was made ahead: somebody waits for their keystroke, and a call of OpenSSL is long. */
  #keyByte(): number {
    if (this.#used === this.#ahead.length) {
      this.#ahead = this.#stream.update(ZEROS)
      this.#used = 0
    }
    return this.#ahead[this.#used++] ?? 0
  }

  decrypt(payload: Buffer): Buffer {
    const place = payload.readBigUInt64BE(0)
    const counter = Buffer.alloc(BLOCK_BYTES)
    counter.writeBigUInt64BE(place / BigInt(BLOCK_BYTES), BLOCK_BYTES - PLACE_BYTES)
    const stream = createDecipheriv(ALGORITHM, this.#key, counter)
    stream.update(Buffer.alloc(Number(place % BigInt(BLOCK_BYTES))))
    return stream.update(payload.subarray(PLACE_BYTES))
  }
}
