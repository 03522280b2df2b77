import { Command, CommanderError } from 'commander'
import { auditCommand } from './audit-command.ts'
import { billCommands } from './bill-command.ts'
import { isBrokenPipe } from './broken-pipe.ts'
import { clientCommands } from './client-commands.ts'
import { Desk } from './desk.ts'
import { doctorCommand } from './doctor/doctor-command.ts'
import { grantCommands } from './grant-commands.ts'
import { keyCommands } from './key-commands.ts'
import { loginCommand } from './login-command.ts'
import { operationCommands } from './operation-commands.ts'
import { packageCommands } from './package-commands.ts'
import type { ProgramParts } from './program-parts.ts'
import { refusalLines } from './refusal.ts'
import { sealCommands } from './seal-commands.ts'
import { searchCommand } from './search-command.ts'
import { sessionCommands } from './session-commands.ts'
import { staffCommands } from './staff-commands.ts'
import { statementCommands } from './statement-commands.ts'
import { targetCommands } from './target-commands.ts'
import { taskCommands } from './task-commands.ts'
import { timeCommand } from './time-command.ts'
import { usageLine } from './usage-error.ts'
import { verifyCommand } from './verify-command.ts'

/** Exit statuses (product.md, "The command gatebook"). */
const REFUSED = 1
const WRONG_USAGE = 2

/** The command `gatebook`. Its actions throw what refuses them; `runProgram` tells it to people. */
export function createProgram(parts: ProgramParts): Command {
  const program = new Command('gatebook')
    .description('SSH bastion and session-recording gateway')
    .version(parts.version, '--version', 'print the version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => parts.output.write(text),
      writeErr: (text) => parts.errors.write(text),
      getOutHelpWidth: () => parts.output.columns ?? 100,
      getErrHelpWidth: () => parts.errors.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      outputError: (text, write) => write(usageLine(text)),
    })
    .addHelpText('after', '\nSettings come from the environment; README.md has them all, gatebook doctor checks them.')
  const desk = new Desk(parts)
  operationCommands(program, desk)
  doctorCommand(program, desk)
  staffCommands(program, desk)
  clientCommands(program, desk)
  targetCommands(program, desk)
  keyCommands(program, desk)
  grantCommands(program, desk)
  taskCommands(program, desk)
  sessionCommands(program, desk)
  searchCommand(program, desk)
  verifyCommand(program, desk)
  sealCommands(program, desk)
  auditCommand(program, desk)
  timeCommand(program, desk)
  packageCommands(program, desk)
  statementCommands(program, desk)
  billCommands(program, desk)
  loginCommand(program, desk)
  return program
}

/** Runs the command that `args` (without node and script) name and sets the exit status: 0, 1 refused, 2 wrong usage. */
export async function runProgram(parts: ProgramParts, args: readonly string[]): Promise<void> {
  // Whoever reads us may have seen enough, as `head` does: then there is nobody to write to, and nothing is wrong.
  for (const stream of [parts.output, parts.errors]) stream.on('error', ignoreBrokenPipe)
  try {
    await createProgram(parts).parseAsync(args, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode !== 0) parts.setExitCode(WRONG_USAGE)
      return
    }
    parts.errors.write(refusalLines(error))
    parts.setExitCode(REFUSED)
  }
}

function ignoreBrokenPipe(error: Error): void {
  if (!isBrokenPipe(error)) throw error
}
