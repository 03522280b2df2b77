import type { Command } from 'commander'
import { computeCaseFile } from '../billing/case-file/compute-case-file.ts'
import { GatewayError } from '../errors.ts'
import type { Desk } from './desk.ts'
import { readTextFile } from './file-argument.ts'

/** Bytes; a case file of a year of one company is far below. */
const MAX_CASE_FILE_BYTES = 256 * 1024 * 1024

/** `gatebook bill compute`: the billing rules on given intervals, without a database. */
export function billCommands(program: Command, desk: Desk): void {
  program
    .command('bill')
    .description('the billing rules on their own')
    .command('compute')
    .description('run the billing rules on the cases of a file and print the results as JSON')
    .argument('<file|->', 'cases as billing/README.md describes them; - for stdin')
    .addHelpText('after', '\nExample:\n  gatebook bill compute cases.json')
    .action(async (file: string) => {
      const text = await readTextFile(file, desk.parts.input, MAX_CASE_FILE_BYTES)
      const computed = computeCaseFile(text)
      if (!computed.ok) throw new GatewayError('bad-input', computed.problems.join('\n'))
      desk.printJson({ results: computed.results })
    })
}
