import type { AccessFacts, Denial } from '../access/decision.ts'
import { fullTargetName } from '../access/names.ts'
import { GatewayError, type ErrorCode } from '../errors.ts'

/** What an administrator reads: what is wrong, and what to do next. */
export function explainDenial(denial: Denial, facts: AccessFacts, login: string): string {
  const staff = facts.staff.login
  const client = facts.client.slug
  const target = fullTargetName({ name: facts.target.name, clientSlug: client })
  const by = facts.supportKey === undefined ? '' : ` by ${facts.supportKey.changedBy}`
  const unreadable = 'unreadable' in facts.policy ? facts.policy.unreadable : `the policy of ${target} cannot be read`
  const texts = {
    'staff-disabled': `${staff} is disabled; ask an administrator of the gateway`,
    'no-role': `${staff} has no role that works on servers; an administrator can give the role engineer`,
    'target-removed': `${target} was removed from the gateway; ask an administrator`,
    'no-grant': `${staff} has no grant for ${target}; an administrator gives it with: gatebook grant add ${staff} ${target}`,
    'grant-ended': `the grant of ${staff} for ${target} has ended; ask an administrator for a new one`,
    'policy-unreadable': `${unreadable}; an administrator mends it, see: gatebook target show ${target}`,
    'login-not-allowed': `${target} does not allow the login ${login}; an administrator allows it with: gatebook target set ${target} --logins ${login}`,
    'no-support-key': `${client} has no support key yet; an administrator makes one with: gatebook key issue ${client}`,
    'support-key-paused': `the support key of ${client} was paused${by}; ask the client to resume it`,
    'support-key-revoked': `the support key of ${client} was revoked${by}; ask the client before a new one is issued`,
  } as const satisfies Record<Denial, string>
  return texts[denial]
}

/** The ssh edge of the error codes: whether the words of the error are for the administrator. */
const told = {
  'bad-input': true,
  installation: false,
  'not-found': true,
  'already-exists': true,
  conflict: true,
  'database-unavailable': false,
  'database-setup': false,
  'data-directory': false,
  'port-taken': false,
  'master-key': false,
  'record-failed': false,
  'target-unreachable': true,
  'target-key-unknown': true,
  'target-key-changed': true,
  'target-refused-key': true,
  'not-signed-in': true,
  'not-allowed': true,
} as const satisfies Record<ErrorCode, boolean>

/** One or two lines about a failure, without the insides of the gateway. */
export function explainFailure(error: unknown): string {
  if (!(error instanceof GatewayError)) return 'an error in the gateway; its log has the details'
  if (error.code === 'database-unavailable')
    return 'the database does not answer, so no session can begin; try again in a minute'
  if (error.code === 'record-failed')
    return 'nothing can be recorded now, so no session can begin; ask an operator of the gateway'
  if (!told[error.code]) return 'the gateway is not set up right; ask its operator to run: gatebook doctor'
  return error.hint === undefined ? error.message : `${error.message}\n${error.hint}`
}
