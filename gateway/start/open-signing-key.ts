import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import { Altered } from '../recording/seal/altered.ts'
import { KeyRing, type KeyStatement } from '../recording/seal/key-ring.ts'
import type { SessionLog } from '../recording/seal/session-log.ts'
import { SigningKey } from '../recording/seal/signing-key.ts'
import { createSigner, keyIdOf, publicKeyOf, type Signer } from '../recording/seal/statement.ts'
import type { SigningKeyFiles } from '../vault/signing-key-file.ts'

export interface SigningKeyParts {
  readonly gatewayId: string
  readonly files: SigningKeyFiles
  readonly sessionLog: Pick<SessionLog, 'keys' | 'appendKey'>
  readonly clock: Clock
}

type KeySigner = Signer & { readonly keyId: string }

/**
 * The key that this gateway signs with, made at its first start. Throws `signing-key` where there was one and it is not
 * here, or the log of sessions does not know the one that is: a gateway must not go on unsigned, nor begin anew silently.
 */
export async function openSigningKey(parts: SigningKeyParts): Promise<SigningKey> {
  const { gatewayId, files } = parts
  const known = (await readRing(parts)).current(gatewayId)
  await settleNext(files, known?.id)
  const key = await files.current()
  if (known === undefined && key === undefined) return new SigningKey(await beginChain(parts, undefined))
  if (key === undefined) throw lost(`the signing key ${known?.id} of this gateway is missing`)
  const signer = createSigner(key)
  if (signer.keyId === known?.id) return new SigningKey(signer)
  throw lost(
    known === undefined
      ? `the log of sessions in the database does not know this gateway's signing key ${signer.keyId}`
      : `the log of sessions knows ${known.id} as this gateway's signing key, not the ${signer.keyId} that is here`,
  )
}

/**
 * Gives this gateway a new key where the one before is lost, with a chain of its own; the log says so for ever. Answers
 * with its id. Throws `conflict` where nothing is lost.
 */
export async function restartSigningKey(parts: SigningKeyParts, reason: string): Promise<string> {
  const known = (await readRing(parts)).current(parts.gatewayId)
  await settleNext(parts.files, known?.id)
  const key = await readableKey(parts.files)
  if (key !== undefined && keyIdOf(publicKeyOf(key)) === known?.id) {
    throw new GatewayError('conflict', 'this gateway has its signing key', 'start it with: gatebook start')
  }
  return (await beginChain(parts, reason)).keyId
}

/** A key that does not open is lost as one that is missing. */
async function readableKey(files: SigningKeyFiles): Promise<KeyObject | undefined> {
  try {
    return await files.current()
  } catch (error) {
    if (error instanceof GatewayError) return undefined
    throw error
  }
}

/** A gateway that was killed while it changed its key: the log says whether the next one is the key already. */
async function settleNext(files: SigningKeyFiles, knownId: string | undefined): Promise<void> {
  const next = await files.next()
  if (next === undefined) return
  if (keyIdOf(publicKeyOf(next)) === knownId) await files.promote()
  else await files.discardNext()
}

/** A first key, which vouches for itself. `reason`: why an earlier chain is given up. */
async function beginChain(parts: SigningKeyParts, reason: string | undefined): Promise<KeySigner> {
  const key = generateKeyPairSync('ed25519').privateKey
  const signer = createSigner(key)
  await announce(parts, key, { signer, previous: null, reason })
  return signer
}

interface Announcement {
  readonly signer: Signer
  readonly previous: string | null
  readonly reason?: string | undefined
}

/** On the disk first, then in the log, then in use: whatever is cut off in between is settled at the next start. */
async function announce(
  parts: SigningKeyParts,
  key: KeyObject,
  { signer, previous, reason }: Announcement,
): Promise<void> {
  const { files, sessionLog, gatewayId, clock } = parts
  await files.prepare(key)
  const statement: KeyStatement = {
    gateway: gatewayId,
    key: publicKeyOf(key),
    previous,
    at: clock.now().toISOString(),
    ...(reason === undefined ? {} : { reason }),
  }
  await sessionLog.appendKey(signer.sign('key', statement))
  await files.promote()
}

async function readRing({ sessionLog }: SigningKeyParts): Promise<KeyRing> {
  try {
    return new KeyRing(await sessionLog.keys())
  } catch (error) {
    if (!(error instanceof Altered)) throw error
    throw new GatewayError('signing-key', error.message, 'gatebook verify --all tells more', error)
  }
}

function lost(message: string): GatewayError {
  return new GatewayError(
    'signing-key',
    message,
    'bring back the data directory or the database that belongs to it, or see: gatebook seal restart --help',
  )
}
