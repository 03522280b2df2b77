/** How a command is known: what the shell itself said, what the screen showed at Enter, or the request. */
export const commandSources = ['osc', 'screen', 'exec'] as const
export type CommandSource = (typeof commandSources)[number]

/**
 * A command as it can be made out of a recording: an aid to find one's way, no proof. What ran is what the recording
 * shows; programs can print what they like, and what a script runs is never typed.
 */
export interface FoundCommand {
  /** Counts from 0 inside the channel, in the order in which they were begun. */
  readonly number: number
  /** Microseconds since the session's start: when it was sent. */
  readonly atUs: number
  /** When it had ended, as far as can be told; undefined: not known. */
  readonly endedUs: number | undefined
  /** As the screen showed it, its lines parted by LF; at most `COMMAND_MAX` characters. */
  readonly text: string
  readonly source: CommandSource
  readonly exitStatus: number | undefined
  /** Where it ran, as the shell or its prompt said: `/srv/www`, `~/work`. */
  readonly directory: string | undefined
}

/** What is longer is cut, with an ellipsis at its end. */
const COMMAND_MAX = 4096

/** The text as it is kept. */
export function commandText(text: string): string {
  return text.length <= COMMAND_MAX ? text : `${text.slice(0, COMMAND_MAX - 1)}…`
}
