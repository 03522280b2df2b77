import type { KeyObject } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import { Altered } from '../recording/seal/altered.ts'
import { KeyRing, type RingKey } from '../recording/seal/key-ring.ts'
import type { SessionLog } from '../recording/seal/session-log.ts'
import { SigningKey } from '../recording/seal/signing-key.ts'
import { createSigner, keyIdOf, type KeySigner, publicKeyOf } from '../recording/seal/statement.ts'
import type { SigningKeyFiles } from '../vault/signing-key-file.ts'
import { beginChain } from './announce-key.ts'

export interface SigningKeyParts {
  readonly gatewayId: string
  readonly files: SigningKeyFiles
  readonly sessionLog: Pick<SessionLog, 'keys' | 'appendKey'>
  readonly clock: Clock
}

/**
 * The key that this gateway signs with, made at its first start. Throws `signing-key` where there was one and it is not
 * here, or the log of sessions does not know the one that is: a gateway must not go on unsigned, nor begin anew silently.
 */
export async function openSigningKey(parts: SigningKeyParts): Promise<SigningKey> {
  const { known, key } = await findSigningKey(parts)
  const signer = known === undefined && key === undefined ? await beginChain(parts) : inUse(known, key)
  return new SigningKey(signer, async () => {
    const found = await findSigningKey(parts)
    return inUse(found.known, found.key)
  })
}

/** The key that the log knows and the one that is here, after a change that was cut off is settled. */
export async function findSigningKey({ gatewayId, sessionLog, files }: SigningKeyParts): Promise<FoundKey> {
  const known = (await readRing(sessionLog)).current(gatewayId)
  await settleNext(files, known?.id)
  return { known, key: await files.current() }
}

export interface FoundKey {
  readonly known: RingKey | undefined
  readonly key: KeyObject | undefined
}

function inUse(known: RingKey | undefined, key: KeyObject | undefined): KeySigner {
  if (key === undefined) throw lost(`the signing key ${known?.id} of this gateway is missing`)
  const keyId = keyIdOf(publicKeyOf(key))
  if (keyId === known?.id) return createSigner(key, new Date(known.at))
  throw lost(
    known === undefined
      ? `the log of sessions in the database does not know this gateway's signing key ${keyId}`
      : `the log of sessions knows ${known.id} as this gateway's signing key, not the ${keyId} that is here`,
  )
}

/** Cut off while the key was changed: the log says whether the next one is the key already. */
async function settleNext(files: SigningKeyFiles, knownId: string | undefined): Promise<void> {
  const next = await files.next()
  if (next === undefined) return
  if (keyIdOf(publicKeyOf(next)) === knownId) await files.promote()
  else await files.discardNext()
}

async function readRing(sessionLog: Pick<SessionLog, 'keys'>): Promise<KeyRing> {
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
