import type { AccessFacts } from '#gateway/access/decision.ts'
import { defaultPolicy } from '#gateway/access/policy.ts'
import type { SessionOpening } from '#gateway/session/session.ts'

/** Who works where. */
export const about = { clientId: 'acme', targetId: 'web1', staffId: 'ivan', login: 'root', sourceAddress: '192.0.2.7' }

export const allowed: AccessFacts = {
  staff: {
    id: 'ivan',
    login: 'ivan',
    name: 'Ivan',
    email: 'ivan@example.com',
    roles: ['engineer'],
    from: [],
    fingerprints: [],
    disabledAt: undefined,
    totpSince: undefined,
  },
  client: { id: 'acme', slug: 'acme', name: 'Acme', zone: 'UTC', language: 'en' },
  target: {
    id: 'web1',
    clientId: 'acme',
    clientSlug: 'acme',
    name: 'web1',
    reach: { kind: 'local-shell' },
    login: 'root',
    logins: [],
    notes: '',
  },
  targetRemoved: false,
  supportKey: { id: 'key', state: 'active', changedBy: 'test' },
  grants: [{ id: '1', staffId: 'ivan', clientId: 'acme', targetId: undefined, until: undefined, revokedAt: undefined }],
  policy: defaultPolicy,
}
export const paused: AccessFacts = { ...allowed, supportKey: { id: 'key', state: 'paused', changedBy: 'test' } }

/** A database that answers when the test lets it: the facts as they are at that moment, or an error. */
export class Database {
  facts: AccessFacts | undefined | Error = allowed
  changed: () => void = () => {}
  readonly opened: SessionOpening[] = []
  readonly statements: string[] = []
  /** Runs while a session is being stored. */
  whileOpening: () => Promise<void> = () => Promise.resolve()
  #reads: (() => void)[] = []

  readonly access = {
    facts: () => {
      for (const told of this.#reads.splice(0)) told()
      const { facts } = this
      return facts instanceof Error ? Promise.reject(facts) : Promise.resolve(facts)
    },
    onChange: (listener: () => void) => {
      this.changed = listener
    },
  }

  /** Why sessions are to end, by their ids. */
  readonly endsAsked = new Map<string, string>()
  readonly watchers = new Map<string, string[]>()

  readonly store = {
    watchers: () => Promise.resolve(this.watchers),
    endsAsked: () => Promise.resolve(this.endsAsked),
    open: async (opening: SessionOpening, statement: string) => {
      await this.whileOpening()
      this.opened.push(opening)
      this.statements.push(statement)
    },
  }

  /** Kept when the rights are read the next time. */
  nextRead(): Promise<void> {
    return new Promise((resolve) => this.#reads.push(resolve))
  }
}
