import type { AccessFacts, Denial } from '../access/decision.ts'
import { fullTargetName } from '../access/names.ts'
import type { Staff } from '../access/staff.ts'
import type { Target } from '../access/target.ts'
import type { OutReason } from '../access/visitor.ts'
import { GatewayError, type ErrorCode } from '../errors.ts'

/** What an administrator reads: what is wrong, and what to do next. */
export function explainDenial(denial: Denial, facts: AccessFacts, login: string): string {
  const staff = facts.staff.login
  const client = facts.client.slug
  const target = fullTargetName({ name: facts.target.name, clientSlug: client })
  const by = facts.supportKey === undefined ? '' : ` by ${facts.supportKey.changedBy}`
  const unreadable = 'unreadable' in facts.policy ? facts.policy.unreadable : `the policy of ${target} cannot be read`
  const texts = {
    ...outTexts(facts.staff),
    'no-role': `${staff} has no role that works on servers; an administrator gives one with: gatebook staff set ${staff} --role ${[...facts.staff.roles, 'engineer'].join(',')}`,
    'target-removed': `${target} was removed from the gateway; ask an administrator`,
    'no-grant': `${staff} has no grant for ${target}; an administrator gives it with: gatebook grant add ${staff} ${target}`,
    'grant-ended': `the grant of ${staff} for ${target} has ended; ask an administrator for a new one, made with: gatebook grant add ${staff} ${target}`,
    'policy-unreadable': `${unreadable}; an administrator mends it, see: gatebook target show ${target}`,
    'login-not-allowed': `${target} does not allow the login ${login}, but ${allowed(facts.target)}; an administrator allows it with: gatebook target set ${target} --logins ${loginsWith(facts.target, login)}`,
    'no-support-key': `${client} has no support key yet; an administrator makes one with: gatebook key issue ${client}`,
    'support-key-paused': `the support key of ${client} was paused${by}; ask the client to resume it`,
    'support-key-revoked': `the support key of ${client} was revoked${by}; ask the client whether there is to be a new one, which an administrator makes with: gatebook key issue ${client}`,
  } as const satisfies Record<Denial, string>
  return texts[denial]
}

/** Why somebody may not be here any more, whatever they came for. */
export function explainOut(reason: OutReason, staff: Staff): string {
  return outTexts(staff)[reason]
}

function outTexts({ login, from }: Staff): Record<OutReason, string> {
  const wider = [...from, 'ADDRESS'].join(',')
  return {
    'staff-disabled': `${login} is disabled; ask an administrator of the gateway`,
    'key-removed': `the key that you signed in with is not a key of ${login} any more; sign in with another one, or ask an administrator, who adds one with: gatebook staff key add`,
    'address-not-allowed': `${login} may not come from this address any more; an administrator allows it with: gatebook staff set ${login} --from ${wider}`,
  }
}

/** `root, deploy or backup` */
function allowed({ login, logins }: Target): string {
  return [...new Set([login, ...logins])].join(', ').replace(/, (?=[^,]+$)/, ' or ')
}

/** What `--logins` must say to keep those that are allowed. */
function loginsWith({ logins }: Target, login: string): string {
  return [...logins, login].join(',')
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
  'signing-key': false,
  'session-log': false,
  'record-failed': false,
  'target-unreachable': true,
  'target-key-unknown': true,
  'target-key-changed': true,
  'target-refused-key': true,
  'not-signed-in': true,
  'not-allowed': true,
} as const satisfies Record<ErrorCode, boolean>

/** A fault of ours. */
/** To whoever came in by a certificate that has ended since, and wants to begin something. */
export const CERTIFICATE_OVER = 'the certificate that let you in is not valid any more; connect again with a new one'

export const UNFORESEEN = 'an error in the gateway; try again, or ask its operator: the log has the details'

/** One or two lines about a failure, without the insides of the gateway. */
export function explainFailure(error: unknown): string {
  if (!(error instanceof GatewayError)) return UNFORESEEN
  if (error.code === 'database-unavailable')
    return 'the database does not answer, and nothing new begins before it does; try again in a minute'
  if (error.code === 'record-failed')
    return 'nothing can be recorded now, so no session can begin; ask an operator of the gateway'
  if (!told[error.code]) return 'the gateway is not set up right; ask its operator to run: gatebook doctor'
  return error.hint === undefined ? error.message : `${error.message}\n${error.hint}`
}
