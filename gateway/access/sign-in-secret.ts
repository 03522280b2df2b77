import { createHash, randomBytes } from 'node:crypto'

/** 256 bits: nobody guesses one while it is good. */
const SECRET_BYTES = 32

/** A random secret for a one-time link or a web session, in base64url. */
export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url')
}

/** What is stored of such a secret. It has 256 bits of its own, so a fast hash without salt is enough. */
export function secretHash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}
