import { generateKeyPairSync } from 'node:crypto'
import { fullTargetName } from '#gateway/access/names.ts'
import type { Staff } from '#gateway/access/staff.ts'
import type { Target } from '#gateway/access/target.ts'
import type { SessionLog } from '#gateway/recording/seal/session-log.ts'
import type { OpeningStatement } from '#gateway/recording/seal/session-statements.ts'
import { SigningKey } from '#gateway/recording/seal/signing-key.ts'
import { createSigner, type KeySigner, publicKeyOf, type Signer } from '#gateway/recording/seal/statement.ts'
import type { SessionOpening } from '#gateway/session/session.ts'

/** The opening of a session as a gateway signs it. */
export function signedOpening(
  key: Signer,
  opening: SessionOpening,
  { staff, target }: { readonly staff: Staff; readonly target: Target },
): string {
  const statement: OpeningStatement = {
    session: opening.id,
    gateway: opening.gatewayId,
    client: { id: target.clientId, slug: target.clientSlug },
    target: { id: target.id, name: fullTargetName(target) },
    staff: { id: staff.id, login: staff.login },
    login: opening.login,
    sourceAddress: opening.sourceAddress,
    startedAt: opening.startedAt.toISOString(),
  }
  return key.sign('opening', statement)
}

export const TEST_GATEWAY = 'gateway-1'

/** A key that no log knows. */
export function someSigningKey(): SigningKey {
  return unchanging(createSigner(generateKeyPairSync('ed25519').privateKey))
}

const logged = new WeakMap<object, Promise<SigningKey>>()

/** The key of `gateway-1`, which the log knows. */
export function loggedSigningKey(log: Pick<SessionLog, 'appendKey'>): Promise<SigningKey> {
  const key = logged.get(log) ?? announced(log)
  logged.set(log, key)
  return key
}

async function announced(log: Pick<SessionLog, 'appendKey'>): Promise<SigningKey> {
  const { privateKey } = generateKeyPairSync('ed25519')
  const signer = createSigner(privateKey)
  const at = '2026-11-01T00:00:00.000Z'
  const statement = { gateway: TEST_GATEWAY, key: publicKeyOf(privateKey), previous: null, at }
  await log.appendKey(signer.sign('key', statement))
  return unchanging(signer)
}

function unchanging(signer: KeySigner): SigningKey {
  return new SigningKey(signer, () => Promise.resolve(signer))
}
