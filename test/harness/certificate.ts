import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { keygen } from './key-file.ts'

const run = promisify(execFile)

/** Authorities of certificates, by OpenSSH's own ssh-keygen. */
export class CertificateStand {
  readonly directory: string
  #count = 0

  private constructor(directory: string) {
    this.directory = directory
  }

  static async open(): Promise<CertificateStand> {
    return new CertificateStand(await mkdtemp(join(tmpdir(), 'gatebook-ca-')))
  }

  /** Makes an authority; gives its public key in wire form. */
  async authority(name: string, ...options: readonly string[]): Promise<Buffer> {
    return (await keygen(join(this.directory, name), ...(options.length > 0 ? options : ['-t', 'ed25519']))).blob
  }

  /** A certificate in wire form for a public key, with options of `ssh-keygen -s`. */
  async certify(authority: string, key: { type: string; blob: Buffer }, ...options: string[]): Promise<Buffer> {
    const file = join(this.directory, `key${this.#count++}`)
    await writeFile(`${file}.pub`, `${key.type} ${key.blob.toString('base64')}\n`)
    await run('ssh-keygen', ['-q', '-s', join(this.directory, authority), '-I', 'test', ...options, `${file}.pub`])
    const [, base64 = ''] = (await readFile(`${file}-cert.pub`, 'utf8')).split(' ')
    return Buffer.from(base64, 'base64')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.directory, { recursive: true, force: true })
  }
}
