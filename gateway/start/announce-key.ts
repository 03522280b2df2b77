import { generateKeyPairSync } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { KeyStatement } from '../recording/seal/key-ring.ts'
import type { SessionLog } from '../recording/seal/session-log.ts'
import type { SigningKey } from '../recording/seal/signing-key.ts'
import { createSigner, type KeySigner, publicKeyOf } from '../recording/seal/statement.ts'
import type { SigningKeyFiles } from '../vault/signing-key-file.ts'

/** What a new key needs: a place on the disk, and one in the log. */
export interface NewKeyParts {
  readonly gatewayId: string
  readonly files: SigningKeyFiles
  readonly sessionLog: Pick<SessionLog, 'appendKey'>
  readonly clock: Clock
}

/** Why an earlier chain of keys is given up, and what the log had come to. */
export type Break = Pick<KeyStatement, 'reason' | 'lost'>

/** A first key, which vouches for itself. */
export function beginChain(parts: NewKeyParts, broken: Break = {}): Promise<KeySigner> {
  return announceKey(parts, undefined, broken)
}

/** Changes the key where the one in use is of another day (UTC), and erases that. Throws what the log throws. */
export async function renewSigningKey(parts: NewKeyParts, key: SigningKey): Promise<void> {
  const today = parts.clock.now().toISOString().slice(0, 10)
  if (key.since.toISOString().slice(0, 10) === today) return
  await key.replace(() => announceKey(parts, key, {}))
}

/** On the disk first, then in the log, then in use: whatever is cut off in between is settled by `openSigningKey`. */
async function announceKey(parts: NewKeyParts, before: SigningKey | undefined, broken: Break): Promise<KeySigner> {
  const { files, sessionLog, gatewayId, clock } = parts
  const { privateKey } = generateKeyPairSync('ed25519')
  const since = clock.now()
  const signer = createSigner(privateKey, since)
  await files.prepare(privateKey)
  const statement: KeyStatement = {
    gateway: gatewayId,
    key: publicKeyOf(privateKey),
    previous: before?.keyId ?? null,
    at: since.toISOString(),
    ...broken,
  }
  await sessionLog.appendKey((before ?? signer).sign('key', statement))
  await files.promote()
  return signer
}
