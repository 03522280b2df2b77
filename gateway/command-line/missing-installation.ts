import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { GatewayError } from '../errors.ts'

/** The settings that say where the installation is. */
const NAMED_BY = ['DATABASE_URL', 'GATEBOOK_DATA'] as const

/**
 * Where no setting says which installation is meant and none is here: without this, a command in the wrong directory
 * or without its settings would make an empty database there, and say that there is nothing.
 */
export function missingInstallation(
  { dataDirectory }: Pick<Config, 'dataDirectory'>,
  environment: Readonly<Record<string, string | undefined>>,
): GatewayError | undefined {
  if (NAMED_BY.some((name) => (environment[name] ?? '') !== '')) return undefined
  if (existsSync(join(dataDirectory, 'postgres'))) return undefined
  return new GatewayError(
    'data-directory',
    `no installation of gatebook is found in ${dataDirectory}`,
    `set GATEBOOK_DATA to its data directory or DATABASE_URL to its database; gatebook start begins a new one here`,
  )
}
