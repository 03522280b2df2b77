import type { Command } from 'commander'
import { parseConfig } from '../../config.ts'
import type { Config } from '../../config.ts'
import { GatewayError } from '../../errors.ts'
import type { Desk } from '../desk.ts'
import { jsonOption, type ListOptions } from '../json-option.ts'
import { printable } from '#shared/printable.ts'
import { missingInstallation } from '../missing-installation.ts'
import { examineDatabase } from './examine-database.ts'
import { examineDisk } from './examine-disk.ts'
import { examineMasterKey } from './examine-master-key.ts'
import { examinePorts } from './examine-ports.ts'
import { examineTreeHeads } from './examine-tree-heads.ts'
import type { Examination } from './examination.ts'
import { fail, type Finding, ok, warn } from './finding.ts'

/** `gatebook doctor`: what stands in the way of the gateway, and what to do. */
export function doctorCommand(program: Command, desk: Desk): void {
  program
    .command('doctor')
    .description('check settings, database, native parts, clock, disk and ports, and say what to do')
    .addOption(jsonOption())
    .addHelpText('after', '\nExit status 0: the gateway can start; 1: a check failed.')
    .action(async (options: ListOptions) => {
      const findings = await examine(desk)
      if (options.json) desk.printJson(findings)
      else desk.print(findings.map(line).join(''))
      if (findings.some((finding) => finding.state === 'fail')) desk.parts.setExitCode(1)
    })
}

async function examine(desk: Desk): Promise<readonly Finding[]> {
  const native = await examineNativeParts(desk.parts.examination)
  const config = readSettings(desk)
  if (Array.isArray(config)) return [...config, ...native]
  const { findings, usable } = await databaseOf(desk, config)
  return [
    ok('settings', 'all understood'),
    ...(await examineDisk(config)),
    ...findings,
    await masterKeyOf(desk, config, usable),
    examineTreeHeads(config),
    ...native,
    ...(await examinePorts(config)),
  ]
}

/** The doctor makes no database where there is none. */
function databaseOf(desk: Desk, config: Config): ReturnType<typeof examineDatabase> {
  const { environment, examination, clock } = desk.parts
  const missing = missingInstallation(config, environment)
  if (missing === undefined) return examineDatabase(config, examination, clock)
  return Promise.resolve({ findings: [warn('database', missing.message, missing.hint ?? '')], usable: false })
}

/** The settings, or a finding for each mistake in them. */
function readSettings(desk: Desk): Config | Finding[] {
  try {
    return parseConfig(desk.parts.environment)
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    return error.message.split('\n').map((mistake) => fail('settings', mistake, error.hint ?? ''))
  }
}

/** Only a database that is up to date is opened: the doctor changes nothing. */
async function masterKeyOf(desk: Desk, config: Config, usable: boolean): Promise<Finding> {
  if (!usable) return await examineMasterKey(config, undefined)
  return await desk.withStores(({ stores }) => examineMasterKey(config, stores))
}

async function examineNativeParts(examination: Examination): Promise<readonly Finding[]> {
  const parts = await examination.nativeParts()
  return parts.map(({ name, needed, fault }) => {
    if (fault === undefined) return ok(name, 'loads')
    const report = needed ? fail : warn
    return report(name, fault, 'install a compiler (g++, make, python3) and run npm ci again')
  })
}

function line({ check, state, finding, advice }: Finding): string {
  const next = advice === null ? '' : `; ${advice}`
  return `${state.padEnd(4)}  ${check}: ${printable(finding)}${printable(next)}\n`
}
