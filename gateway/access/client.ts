import type { Forwarding } from './forwarding.ts'
import type { PolicyChange, PolicyEntries } from './policy.ts'

/** A customer company. */
export interface Client {
  readonly id: string
  /** `[a-z][a-z0-9-]{0,30}` */
  readonly slug: string
  readonly name: string
  /** IANA name of the zone in which the client's days and months begin. */
  readonly zone: string
  readonly language: 'ru' | 'en'
}

/** What can be changed of a client; undefined leaves it as it is. */
export type ClientChange = { readonly [Name in 'name' | 'zone' | 'language']?: Client[Name] | undefined } & {
  /** `default` takes every entry away. */
  readonly policy?: PolicyChange | 'default' | undefined
}

export interface ClientStore {
  /** Throws `already-exists` when the slug is taken. */
  add(client: Omit<Client, 'id'>, actor: string): Promise<Client>
  list(): Promise<readonly Client[]>
  bySlug(slug: string): Promise<Client | undefined>
  byId(id: string): Promise<Client | undefined>
  /** Throws `not-found`. */
  set(slug: string, change: ClientChange, actor: string): Promise<Client>
  /** What is said of the client itself. Throws `not-found`, and `conflict` where it cannot be read. */
  policy(slug: string): Promise<PolicyEntries>
  /** What may be forwarded on its targets, one for each policy there is; what cannot be read allows nothing. */
  allowedForwarding(slug: string): Promise<readonly Forwarding[]>
}
