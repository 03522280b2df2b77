import type { AccessFacts } from '../access/decision.ts'
import { fullTargetName } from '../access/names.ts'
import type { OpeningStatement } from '../recording/seal/session-statements.ts'
import type { Signer } from '../recording/seal/statement.ts'
import type { SessionOpening } from './session.ts'

/** The signed statement of who works where. */
export function signOpening(signer: Signer, opening: SessionOpening, { client, target, staff }: AccessFacts): string {
  const statement: OpeningStatement = {
    session: opening.id,
    gateway: opening.gatewayId,
    client: { id: client.id, slug: client.slug },
    target: { id: target.id, name: fullTargetName(target) },
    staff: { id: staff.id, login: staff.login },
    login: opening.login,
    sourceAddress: opening.sourceAddress,
    startedAt: opening.startedAt.toISOString(),
  }
  return signer.sign('opening', statement)
}
