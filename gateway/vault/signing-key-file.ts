import { createPrivateKey, type KeyObject } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { GatewayError } from '../errors.ts'
import type { Vault } from './seal.ts'
import { signingKeyContext } from './secret-context.ts'
import { syncDirectory } from './sync-directory.ts'

/** In the data directory: the key in use, and the one that takes its place. */
const CURRENT = 'signing.key'
const NEXT = 'signing.key.next'

/** Whether a key was ever in use here: then a master key that is missing is not made anew. */
export function signingKeyPath(dataDirectory: string): string {
  return join(dataDirectory, CURRENT)
}

/** The private keys that a gateway signs with, each a file of its data directory, sealed under the vault. */
export class SigningKeyFiles {
  readonly #directory: string
  readonly #vault: Vault
  readonly #context: string

  constructor(dataDirectory: string, vault: Vault, gatewayId: string) {
    this.#directory = dataDirectory
    this.#vault = vault
    this.#context = signingKeyContext(gatewayId)
  }

  /** The key in use; undefined where there is none. Throws `master-key` where the vault does not open it. */
  current(): Promise<KeyObject | undefined> {
    return this.#read(CURRENT)
  }

  /** The key that was to take its place when the gateway stopped. */
  next(): Promise<KeyObject | undefined> {
    return this.#read(NEXT)
  }

  /** On the disk before anybody hears of it: a key that was announced and lost would end the chain. */
  async prepare(key: KeyObject): Promise<void> {
    const pkcs8 = key.export({ type: 'pkcs8', format: 'der' })
    try {
      await this.#write(NEXT, this.#vault.seal(pkcs8, this.#context))
    } finally {
      pkcs8.fill(0)
    }
  }

  /** The next key is the key; the one before is erased, as far as the file system lets us. */
  async promote(): Promise<void> {
    await this.#erase(CURRENT)
    await rename(join(this.#directory, NEXT), join(this.#directory, CURRENT))
    await syncDirectory(this.#directory)
  }

  /** Nobody has heard of the next key. */
  async discardNext(): Promise<void> {
    await this.#erase(NEXT)
    await rm(join(this.#directory, NEXT), { force: true })
  }

  async #read(name: string): Promise<KeyObject | undefined> {
    const path = join(this.#directory, name)
    try {
      const pkcs8 = this.#vault.open(await readFile(path), this.#context)
      try {
        return createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
      } finally {
        pkcs8.fill(0)
      }
    } catch (cause) {
      if (isMissing(cause)) return undefined
      if (cause instanceof GatewayError) throw cause
      throw new GatewayError('signing-key', `cannot read the signing key ${path}`, undefined, cause)
    }
  }

  async #write(name: string, bytes: Buffer): Promise<void> {
    const file = await open(join(this.#directory, name), 'w', 0o600)
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await syncDirectory(this.#directory)
  }

  /** In place, so that the blocks themselves lose it where the file system writes in place. */
  async #erase(name: string): Promise<void> {
    try {
      const file = await open(join(this.#directory, name), 'r+')
      try {
        const { size } = await file.stat()
        await file.write(Buffer.alloc(size), 0, size, 0)
        await file.sync()
      } finally {
        await file.close()
      }
    } catch (cause) {
      if (!isMissing(cause)) throw cause
    }
  }
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
}
