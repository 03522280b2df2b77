import { z } from 'zod'
import { GatewayError } from '../errors.ts'
import { forwarding, noForwarding } from './forwarding.ts'

const DAY_S = 24 * 60 * 60

/** Seconds; up to a day. */
const seconds = z.number().int().min(0).max(DAY_S)

/**
 * Every policy by its name in the database. A new one is a line here, one in `defaultPolicy`, and one that says how
 * it is typed and shown in `command-line/policy-options.ts`; the compiler asks for both.
 */
const whole = z.strictObject({
  /** Without a key pressed for this long, a session ends; 0: never. */
  idleEndS: seconds,
  /** How long before that end the person is warned; 0: not at all. */
  idleWarnS: seconds,
  /** Whether output alone shows that somebody is there. */
  idleCountsOutput: z.boolean(),
  /** Whether what is typed in secret at a terminal, such as a password, is masked before it is stored. */
  typedSecrets: z.enum(['mask', 'keep']),
  /** Whether a session must name an open task of the client; a reason counts where none is open. */
  taskRequired: z.boolean(),
  /** Whether a session must name a task or a reason. */
  reasonRequired: z.boolean(),
  /** Whether the person is told who watches a live session. */
  watchNotice: z.boolean(),
  /** What ssh may forward. */
  forward: forwarding,
})

const some = whole.partial()

/** What holds for one target of a client: the target's own entries, else the client's, else the default. */
export type Policy = Readonly<z.infer<typeof whole>>

/** What is said of a client or of one target; what is not said is inherited. */
export type PolicyEntries = Partial<Policy>

/** A change of entries: undefined leaves one as it is, null takes it away, so that it is inherited again. */
export type PolicyChange = { readonly [Name in keyof Policy]?: Policy[Name] | null | undefined }

/** Where neither the settings nor anybody else has said anything. */
export const defaultPolicy: Policy = {
  idleEndS: 0,
  idleWarnS: 60,
  idleCountsOutput: false,
  typedSecrets: 'mask',
  taskRequired: false,
  reasonRequired: false,
  watchNotice: false,
  forward: noForwarding,
}

/** What holds where nobody has said anything of a client or target, by the settings of the gateway. */
export function policyOfSettings({ idleS }: { readonly idleS: number }): Policy {
  return { ...defaultPolicy, idleEndS: idleS }
}

/** Entries that this gateway cannot read: then nobody knows what is allowed, so nothing is. */
export interface UnreadablePolicy {
  readonly unreadable: string
}

/**
 * Entries as the database has them (jsonb); `whose` names the client or target in the refusal, such as `client acme`.
 * An unknown member is refused too: a newer gateway may have meant it as a prohibition.
 */
export function readPolicyEntries(stored: unknown, whose: string): PolicyEntries | UnreadablePolicy {
  const parsed = some.safeParse(stored)
  // PostgreSQL keeps no undefined, so what is there has a value.
  if (parsed.success) return parsed.data as PolicyEntries
  const mistakes = parsed.error.issues.map(({ path, message }) => [...path, message].join(': '))
  return { unreadable: `the policy of ${whose} cannot be read (${mistakes.join('; ')})` }
}

/** The same for who shows or changes them. Throws `conflict`. */
export function demandPolicyEntries(stored: unknown, whose: string): PolicyEntries {
  const entries = readPolicyEntries(stored, whose)
  if (!('unreadable' in entries)) return entries
  const hint = 'use the gatebook that wrote it, or begin anew with: --policy default'
  throw new GatewayError('conflict', entries.unreadable, hint)
}

/** What holds for a target by the entries of its client and its own, as the database has them. */
export function readPolicy(
  defaults: Policy,
  client: { readonly slug: string; readonly policy: unknown },
  target: { readonly name: string; readonly policy: unknown },
): Policy | UnreadablePolicy {
  const ofClient = readPolicyEntries(client.policy, `client ${client.slug}`)
  if ('unreadable' in ofClient) return ofClient
  const ofTarget = readPolicyEntries(target.policy, `target ${target.name}.${client.slug}`)
  return 'unreadable' in ofTarget ? ofTarget : effectivePolicy(defaults, ofClient, ofTarget)
}

/** The policy of a target. */
export function effectivePolicy(defaults: Policy, client: PolicyEntries, target: PolicyEntries): Policy {
  return { ...defaults, ...client, ...target }
}
