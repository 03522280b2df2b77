import { type Command, InvalidArgumentError, Option } from 'commander'
import { type SearchHitView, searchText } from '#shared/search.ts'
import { type FullTargetName, fullTargetName } from '../access/names.ts'
import { shortInstant } from '../printing/short-times.ts'
import type { Column } from '../printing/table.ts'
import { type SearchPart, searchParts } from '../recording/search/search-part.ts'
import { searchHitView } from '../session/search-view.ts'
import type { SearchHit } from '../session/session-search.ts'
import { clientSlugArgument, staffLoginArgument, targetArgument, wholeNumberArgument } from './argument-parsers.ts'
import type { Desk } from './desk.ts'
import { instantArgument } from './instant-argument.ts'
import { jsonOption, type ListOptions } from './json-option.ts'
import { findClient, findStaff, findTarget } from './named-things.ts'
import type { OpenStores } from './program-parts.ts'
import { noteViews } from './view-note.ts'

interface SearchOptions extends ListOptions {
  readonly in?: SearchPart
  readonly client?: string
  readonly staff?: string
  readonly target?: FullTargetName
  readonly from?: Date
  readonly to?: Date
  readonly limit: number
}

/** Rows read from the database at once. */
const PAGE_LENGTH = 200
/** Lines that somebody reads. */
const LIMIT = 100

const columns: readonly Column<SearchHitView>[] = [
  { title: 'time', text: ({ at }) => shortInstant(at) },
  { title: 'target', text: ({ target }) => target },
  { title: 'staff', text: ({ staff }) => staff },
  { title: 'in', text: (hit) => hit.in },
  { title: 'text', text: ({ text }) => text.replaceAll('\n', ' ⏎ ').trim() },
  { title: 'replay', text: ({ url }) => url },
]

/** `gatebook search`: where a text stands in the sessions on record. */
export function searchCommand(program: Command, desk: Desk): void {
  program
    .command('search')
    .description(
      'lines of ended channels in which a text stands: shown, given as a command, or typed; newest session first',
    )
    .argument('<text>', 'at least 3 characters, as they stand there; upper and lower case are the same', textArgument)
    .addOption(new Option('--in <part>', 'only there').choices(searchParts))
    .option('--client <slug>', 'of this client only', clientSlugArgument)
    .option('--staff <login>', 'of this person only', staffLoginArgument)
    .option('--target <target.client>', 'on this target only', targetArgument)
    .option('--from <time>', 'of sessions started at or after: a date (UTC) or RFC 3339', instantArgument)
    .option('--to <time>', 'of sessions started before', instantArgument)
    .option('--limit <count>', 'no more than this many', wholeNumberArgument(1, 1_000_000), LIMIT)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  gatebook search "systemctl stop" --in commands --client acme
  gatebook search 10.0.17.4 --from 2026-11-01 --json`,
    )
    .action((text: string, options: SearchOptions) =>
      desk.withStores(async ({ stores, config }) => {
        if (options.client !== undefined) await findClient(stores, options.client)
        if (options.staff !== undefined) await findStaff(stores, options.staff)
        if (options.target !== undefined) await findTarget(stores, options.target)
        const hits = await findHits(stores, text, options)
        const shown = hits.slice(0, options.limit)
        const sessions = new Map(shown.map(({ sessionId, client }) => [sessionId, { id: sessionId, client }]))
        await noteViews(stores, [...sessions.values()], 'search')
        const views = shown.map((hit) => searchHitView(hit, config.publicUrl))
        desk.printList(views, columns, options)
        if (hits.length > options.limit)
          desk.note(`there are more than ${options.limit}: see --limit, or narrow the search`)
      }),
    )
}

function textArgument(text: string): string {
  const parsed = searchText.safeParse(text)
  if (parsed.success) return parsed.data
  throw new InvalidArgumentError(`${parsed.error.issues[0]?.message ?? 'another text is expected'}.`)
}

/** One more than asked for, where there is one. */
async function findHits({ search }: OpenStores, text: string, options: SearchOptions): Promise<readonly SearchHit[]> {
  const { client, staff, target, from, to, limit } = options
  const query = {
    text,
    parts: options.in === undefined ? searchParts : [options.in],
    ...(client !== undefined && { client }),
    ...(staff !== undefined && { staff }),
    ...(target !== undefined && { target: fullTargetName(target) }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    limit: Math.min(PAGE_LENGTH, limit + 1),
  }
  const found: SearchHit[] = []
  let page = await search.search(query)
  while (page.length > 0) {
    found.push(...page)
    const last = page.at(-1)
    if (found.length > limit || page.length < query.limit || last === undefined) break
    page = await search.search({ ...query, after: last })
  }
  return found.slice(0, limit + 1)
}
