import { month } from '#shared/api.ts'
import { isClientSlug } from '../../access/names.ts'
import type { ServiceCommand, ServiceOptions } from './service-command.ts'

type Valued = Exclude<keyof ServiceOptions, 'json'>

/** What each option with a value is followed by. */
const values: Readonly<Record<Valued, { example: string; what: string; is(value: string): boolean }>> = {
  month: { example: '2026-11', what: 'a month such as 2026-11', is: (text) => month.safeParse(text).success },
  client: { example: 'acme', what: 'the slug of a client, such as acme', is: isClientSlug },
}

/** `--month 2026-11` */
export function optionText(name: keyof ServiceOptions): string {
  return name === 'json' ? '--json' : `--${name} ${values[name].example}`
}

/** `time [--month 2026-11] [--client acme] [--json]` */
export function usageOf({ name, takes }: Pick<ServiceCommand, 'name' | 'takes'>): string {
  return [name, ...takes.map((each) => `[${optionText(each)}]`)].join(' ')
}

/** Reads what stands behind a command, `--month 2026-11` or `--month=2026-11`; `wrong` says what it does not take. */
export function readOptions(
  command: Pick<ServiceCommand, 'name' | 'takes'>,
  words: readonly string[],
): ServiceOptions | { readonly wrong: string } {
  const read: { json: boolean } & { [Name in Valued]?: string } = { json: false }
  const left = words.flatMap((word) => (/^--\w+=/.test(word) ? splitOnce(word) : [word]))
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    const name = command.takes.find((each) => `--${each}` === word)
    if (name === undefined) return { wrong: `${command.name} takes no ${JSON.stringify(word)}` }
    if (name === 'json') read.json = true
    else {
      const value = left.shift() ?? ''
      if (!values[name].is(value)) return { wrong: `--${name} takes ${values[name].what}` }
      read[name] = value
    }
  }
  return read
}

function splitOnce(word: string): [string, string] {
  const at = word.indexOf('=')
  return [word.slice(0, at), word.slice(at + 1)]
}
