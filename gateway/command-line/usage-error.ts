import { printable } from '#shared/printable.ts'

/** What commander says, and what we say instead. */
const wordings: readonly (readonly [RegExp, string])[] = [
  [/^missing required argument '(.+)'$/, '<$1> is missing'],
  [/^required option '(.+)' not specified$/, '$1 is missing'],
  [/^option '(--\S+) (.+)' argument missing$/, '$1 takes $2'],
  [/^option '(--\S+) .+' argument '(.*)' is invalid\. Allowed choices are (.+)$/, '$1 takes one of $3, not $2'],
  [/^option '(--\S+) .+' argument '(.*)' is invalid\. (.+)$/, '$1 $2: $3'],
  [/^command-argument value '(.*)' is invalid for argument '(.+)'\. (.+)$/, '<$2> $1: $3'],
  [/^too many arguments for '(.+)'\. Expected 0 arguments but got \d+$/, '$1 takes no argument'],
  [/^too many arguments for '(.+)'\. Expected (.+) but got (\d+)$/, '$1 takes $2, not $3'],
  [/^unknown (command|option) '(.+)' \(Did you mean (.+)\?\)$/, 'there is no $1 $2; did you mean $3?'],
  [/^unknown (command|option) '(.+)'$/, 'there is no $1 $2'],
]

/** The one line about wrong usage, from what commander says of it: `error: …`, in one line or two. */
export function usageLine(text: string): string {
  const said = text
    .replace(/^error: /, '')
    .trimEnd()
    .split('\n')
    .map(printable)
    .join(' ')
    .replace(/\.$/, '')
  const wording = wordings.find(([pattern]) => pattern.test(said))
  const reason = wording === undefined ? said : said.replace(...wording)
  return `gatebook: ${reason}${reason.endsWith('?') ? '' : ';'} add --help to see what it takes\n`
}
