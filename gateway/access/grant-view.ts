import type { GrantView } from '#shared/api.ts'
import type { NamedGrant } from './grant.ts'

/** A grant as `--json` shows it; whether it runs is judged at `now`. */
export function grantView(grant: NamedGrant, now: Date): GrantView {
  return {
    id: grant.id,
    staff: grant.staffLogin,
    client: grant.clientSlug,
    target: grant.targetName === undefined ? null : `${grant.targetName}.${grant.clientSlug}`,
    until: grant.until?.toISOString() ?? null,
    revokedAt: grant.revokedAt?.toISOString() ?? null,
    state: stateOf(grant, now),
  }
}

function stateOf(grant: NamedGrant, now: Date): GrantView['state'] {
  if (grant.revokedAt !== undefined) return 'revoked'
  return grant.until !== undefined && grant.until <= now ? 'ended' : 'running'
}
