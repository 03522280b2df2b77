import type { Command } from 'commander'
import type { Desk } from './desk.ts'

/** `gatebook start`, `migrate` and `version`: running the gateway. */
export function operationCommands(program: Command, desk: Desk): void {
  program
    .command('start')
    .description('run the gateway, its API and its web pages until Ctrl+C or SIGTERM')
    .option('--demo', 'with a client, a target on this machine and your own keys, to try it out')
    .addHelpText(
      'after',
      `
Examples:
  gatebook start --demo
  DATABASE_URL=postgres://gatebook@db/gatebook GATEBOOK_DATA=/var/lib/gatebook gatebook start`,
    )
    .action(async (options: { demo?: true }) => {
      await desk.parts.start(desk.config(), { demo: options.demo ?? false })
    })
  program
    .command('migrate')
    .description('bring the database up to date; gatebook start does it too')
    .action(async () => {
      const applied = await desk.parts.migrate(desk.installedConfig())
      desk.note(
        applied === 0
          ? 'the database is up to date'
          : `applied ${applied === 1 ? 'one migration' : `${applied} migrations`}`,
      )
    })
  program
    .command('version')
    .description('print the version')
    .action(() => desk.print(`gatebook ${desk.parts.version}\n`))
}
