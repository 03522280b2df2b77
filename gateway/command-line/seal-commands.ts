import type { Command } from 'commander'
import type { Desk } from './desk.ts'

/** `gatebook seal …`: the key this gateway signs the record with. */
export function sealCommands(program: Command, desk: Desk): void {
  program
    .command('seal')
    .description('the key this gateway signs the record with')
    .command('restart')
    .description('begin anew with another signing key, where the one before is lost for good')
    .requiredOption('--reason <text>', 'what happened; it stands in the log of sessions for ever')
    .addHelpText(
      'after',
      `
A gateway whose signing key is missing does not start. Bring back GATEBOOK_DATA/signing.key from a backup if you can:
what was signed before stays provable either way, but everybody who verifies sees that a chain of keys ended here.
Stop the gateway first.

Example:
  gatebook seal restart --reason 'the disk of bastion1 was lost'`,
    )
    .action(async ({ reason }: { reason: string }) => {
      const key = await desk.parts.restartSeal(desk.installedConfig(), reason)
      desk.note(`this gateway signs with the new key ${key} from now on`)
    })
}
