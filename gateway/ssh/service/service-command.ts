import type { Staff } from '../../access/staff.ts'

/** Who asks, and how wide his terminal is. */
export interface ServiceAsker {
  readonly staff: Staff
  /** Characters; undefined without a terminal. */
  readonly width: number | undefined
}

/** What may stand behind a service command. */
export interface ServiceOptions {
  readonly json: boolean
  /** Such as `2026-11`. */
  readonly month?: string
  /** A client's slug. */
  readonly client?: string
}

/** What a service command prints; lines end in `\n`. */
export interface ServiceOutput {
  readonly output: string
  /** Lines for stderr, without the prefix `gatebook: `. */
  readonly notes?: readonly string[]
}

/** One word that `ssh bastion` understands. */
export interface ServiceCommand {
  readonly name: string
  /** For `help`: a few words, without capital and full stop. */
  readonly purpose: string
  readonly takes: readonly (keyof ServiceOptions)[]
  /** Rejects with a `GatewayError` where it cannot be done. */
  answer(asker: ServiceAsker, options: ServiceOptions): Promise<ServiceOutput>
}
