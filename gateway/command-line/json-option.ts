import { Option } from 'commander'

/** What every list and show takes. */
export interface ListOptions {
  readonly json?: true
}

/** `--json`: camelCase members, ids as strings, RFC 3339 times in UTC; one array for a list. */
export function jsonOption(): Option {
  return new Option('--json', 'for programs: JSON instead of a table')
}
