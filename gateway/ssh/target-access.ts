import { decide, type AccessFacts, type AccessSource } from '../access/decision.ts'
import { fullTargetName, parseFullTargetName, type FullTargetName } from '../access/names.ts'
import type { Policy } from '../access/policy.ts'
import type { TargetStore } from '../access/target.ts'
import { isOver, type Visitor } from '../access/visitor.ts'
import type { Clock } from '../clock.ts'
import { nearestName } from '../nearest-name.ts'
import type { NewSession } from '../session/live-sessions.ts'
import type { SessionLink } from '../transport/session-link.ts'
import type { TargetDestination } from './destination.ts'
import type { Answer } from './gateway-channel.ts'
import type { TrailNotes } from '../access/trail-notes.ts'
import { CERTIFICATE_OVER, explainDenial, explainFailure } from './refusal-texts.ts'
import { ownTargets } from './service/own-targets.ts'

/** What is longer is nobody's mistyped name. */
const NAME_LENGTH_SHOWN = 100

/** The way to a target for one connection, or why there is none. */
export type Way =
  | {
      /** Full name. */
      readonly target: string
      readonly link: SessionLink
      readonly policy: Policy
      readonly about: Omit<NewSession, 'sourceAddress' | 'ownKey'>
    }
  | { readonly refused: string }
  /** `ivan.petrov` looks like a target but is none: a local name that ssh sends by default, or a typing mistake. */
  | { readonly unknown: string }

export interface TargetAccessParts {
  readonly targets: Pick<TargetStore, 'byName' | 'list'>
  readonly access: Pick<AccessSource, 'facts' | 'grantedFacts'>
  readonly clock: Clock
  readonly trail: Pick<TrailNotes, 'note'>
  /** Opens the credentials and dials; only for somebody whose key is proven and who may. */
  dial(facts: AccessFacts, login: string, supportKeyId: string): Promise<SessionLink>
  /** What people type after `ssh` for a user name. */
  sshAddress(userName: string): string
  readonly log: (line: string) => void
}

/** Finds a target by the name that was typed, asks whether this person may, and dials it. */
export class TargetAccess {
  readonly #parts: TargetAccessParts

  constructor(parts: TargetAccessParts) {
    this.#parts = parts
  }

  /** Never rejects: a failure is a refusal that the administrator reads. */
  async prepare(who: Visitor, destination: TargetDestination): Promise<Way> {
    const name = fullTargetName(destination.target)
    try {
      return await this.#prepare(who, destination, name)
    } catch (error) {
      this.#parts.log(`${who.staff.login} could not reach ${name}: ${describe(error)}`)
      return { refused: explainFailure(error) }
    }
  }

  /** The target that `ssh -J` means: by its name, or by the address and port it is reached at. */
  async find(host: string, port: number): Promise<FullTargetName | undefined> {
    const named = parseFullTargetName(host)
    const all = await this.#parts.targets.list()
    const found =
      all.find((target) => target.name === named?.name && target.clientSlug === named.clientSlug) ??
      all.find(({ reach }) => reach.kind === 'ssh' && reach.host === host && reach.port === port)
    return found && { name: found.name, clientSlug: found.clientSlug }
  }

  /**
   * The answer to a user name that names no target; `instead` where nobody meant one by it, but something else
   * that is not there either. Names of servers they may not work on are not given away.
   */
  async suggest(staffId: string, typed: string, instead?: string): Promise<Answer> {
    const names = (await ownTargets(this.#parts, staffId)).map(({ target }) => fullTargetName(target))
    const near = nearestName(typed, names)
    const mean = near === undefined ? '' : `; did you mean ${near}?`
    const none = `there is no target ${JSON.stringify(typed.slice(0, NAME_LENGTH_SHOWN))}${mean}`
    const all = `the servers you can work on: ssh ${this.#parts.sshAddress('')} targets`
    const forServer = `to run it on a server, name the server: ssh ${this.#parts.sshAddress(near ?? 'web1.acme')} COMMAND`
    return { output: '', errors: instead === undefined ? [none, all] : [instead, forServer], exitStatus: 255 }
  }

  async #prepare(
    { staff, sourceAddress, ownKey, goodUntil }: Visitor,
    { target, login }: TargetDestination,
    name: string,
  ): Promise<Way> {
    const { targets, access, clock, trail } = this.#parts
    if (isOver({ goodUntil }, clock.now())) return { refused: CERTIFICATE_OVER }
    const found = await targets.byName(target.name, target.clientSlug)
    const facts = found === undefined ? undefined : await access.facts(staff.id, found.id)
    if (facts === undefined) return { unknown: name }
    const as = login ?? facts.target.login
    const decision = decide(facts, { login: as, sourceAddress, ownKey }, clock.now())
    if (decision.verdict === 'deny') {
      const detail = { why: decision.reason, login: as, sourceAddress }
      const subject = `target:${name}`
      trail.note({
        actor: `staff:${staff.login}`,
        action: 'session.refuse',
        subject,
        client: target.clientSlug,
        detail,
      })
      return { refused: explainDenial(decision.reason, facts, as) }
    }
    const link = await this.#parts.dial(facts, as, decision.supportKeyId)
    const about = { clientId: facts.client.id, targetId: facts.target.id, staffId: staff.id, login: as }
    return { target: name, link, policy: decision.policy, about }
  }
}

/** The chain of causes, for the log. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : `${error.message} (${describe(error.cause)})`
}
