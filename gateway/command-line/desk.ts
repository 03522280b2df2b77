import { once } from 'node:events'
import { pipeline } from 'node:stream/promises'
import type { Config } from '../config.ts'
import { parseConfig } from '../config.ts'
import { openVault } from '../vault/open-vault.ts'
import type { Vault } from '../vault/seal.ts'
import { isBrokenPipe } from './broken-pipe.ts'
import { missingInstallation } from './missing-installation.ts'
import type { OpenStores, ProgramParts } from './program-parts.ts'
import { jsonText } from '../printing/json-text.ts'
import { printable } from '#shared/printable.ts'
import { type Column, formatTable } from '../printing/table.ts'

/** Who does what is done by command: the audit trail and `changedBy` name it. */
export const OPERATOR = 'operator'

/** What a command has before it while the database is open. */
export interface OpenInstallation {
  readonly config: Config
  readonly stores: OpenStores
  /** Opened at the first call; makes the master key of a new installation. */
  readonly vault: () => Promise<Vault>
}

/** What every command works with: the settings, the database while it is needed, and paper to print on. */
export class Desk {
  readonly parts: ProgramParts

  constructor(parts: ProgramParts) {
    this.parts = parts
  }

  /** Throws `bad-input` with every mistake in the settings. */
  config(): Config {
    return parseConfig(this.parts.environment)
  }

  /** As `config`; throws `data-directory` where no setting names an installation and none is here. */
  installedConfig(): Config {
    const config = this.config()
    const missing = missingInstallation(config, this.parts.environment)
    if (missing !== undefined) throw missing
    return config
  }

  /** Does the work with the database open, and closes it whatever happens. */
  async withStores<Result>(work: (open: OpenInstallation) => Promise<Result>): Promise<Result> {
    const config = this.installedConfig()
    const stores = await this.parts.openStores(config)
    let vault: Promise<Vault> | undefined
    try {
      return await work({ config, stores, vault: () => (vault ??= openVault(config, stores)) })
    } finally {
      await stores.close()
    }
  }

  /** To stdout as it is. */
  print(text: string): void {
    this.parts.output.write(text)
  }

  /** To stdout, resolved when there is room for more. */
  async printed(text: string): Promise<void> {
    if (!this.parts.output.write(text)) await once(this.parts.output, 'drain')
  }

  /** To stdout piece by piece, as fast as it is read; ends quietly when the reader has seen enough. */
  async printAll(pieces: AsyncIterable<string | Buffer>): Promise<void> {
    try {
      await pipeline(pieces, this.parts.output, { end: false })
    } catch (error) {
      if (!isBrokenPipe(error)) throw error
    }
  }

  /** To stderr, so that stdout stays what a script asked for. */
  note(text: string): void {
    this.parts.errors.write(`gatebook: ${printable(text)}\n`)
  }

  printJson(value: unknown): void {
    this.print(jsonText(value))
  }

  /** A list: one JSON array, or a table that fits the terminal. */
  printList<Item>(items: readonly Item[], columns: readonly Column<Item>[], options: { readonly json?: true }): void {
    if (options.json) this.printJson(items)
    else if (items.length === 0) this.note('there is nothing to list')
    else this.print(formatTable(items, columns, this.parts.output.columns))
  }

  /** One thing: a JSON object, or a line per fact. */
  printFacts(
    value: unknown,
    facts: readonly (readonly [name: string, text: string])[],
    options: { readonly json?: true },
  ): void {
    if (options.json) return this.printJson(value)
    const width = Math.max(...facts.map(([name]) => name.length))
    this.print(facts.map(([name, text]) => `${name.padEnd(width)}  ${factLines(text, width)}\n`).join(''))
  }
}

/** A text of several lines, such as notes, stands indented under its own first line. */
function factLines(text: string, width: number): string {
  return text
    .trimEnd()
    .split('\n')
    .map(printable)
    .join(`\n${' '.repeat(width + 2)}`)
}
