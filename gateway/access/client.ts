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

export interface ClientStore {
  /** Throws `already-exists` when the slug is taken. */
  add(client: Omit<Client, 'id'>, actor: string): Promise<Client>
  list(): Promise<readonly Client[]>
  bySlug(slug: string): Promise<Client | undefined>
  byId(id: string): Promise<Client | undefined>
  /** Throws `not-found`. */
  set(slug: string, change: Partial<Pick<Client, 'name' | 'zone' | 'language'>>, actor: string): Promise<Client>
}
