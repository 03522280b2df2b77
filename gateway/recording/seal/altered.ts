/** Where a record stops being what was sealed, for people to read. */
export interface Alteration {
  readonly what: string
  readonly channel?: number
  /** The first bad event of that channel. */
  readonly seq?: number
  /** Microseconds since the session's start. */
  readonly atUs?: number
}

/** Ends a verification: the first alteration found is the verdict. */
export class Altered extends Error {
  readonly alteration: Alteration

  constructor(what: string, where: Omit<Alteration, 'what'> = {}) {
    super(what)
    this.alteration = { what, ...where }
  }
}
