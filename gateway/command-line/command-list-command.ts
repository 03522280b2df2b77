import type { Command } from 'commander'
import type { SessionCommandView } from '#shared/search.ts'
import { preciseOffset, shortLength } from '../printing/short-times.ts'
import type { Column } from '../printing/table.ts'
import { readChannel } from '../recording/search/read-channel.ts'
import type { SessionCommand } from '../recording/search/search-index.ts'
import { commandView } from '../session/search-view.ts'
import type { Desk } from './desk.ts'
import { jsonOption, type ListOptions } from './json-option.ts'
import { findSession } from './named-things.ts'
import { noteView } from './view-note.ts'
import type { OpenStores } from './program-parts.ts'

/** Rows read from the database at once. */
const PAGE_LENGTH = 1000

const columns: readonly Column<SessionCommandView>[] = [
  { title: 'channel', right: true, text: ({ channel }) => String(channel) },
  { title: 'time', right: true, text: ({ atUs }) => preciseOffset(atUs).slice(0, -3) },
  {
    title: 'length',
    right: true,
    text: ({ atUs, endedUs }) => (endedUs === null ? '-' : shortLength((endedUs - atUs) / 1000)),
  },
  { title: 'exit', right: true, text: ({ exitStatus }) => (exitStatus === null ? '-' : String(exitStatus)) },
  { title: 'source', text: ({ source }) => source },
  { title: 'directory', text: ({ directory }) => directory ?? '-' },
  { title: 'command', text: ({ text }) => text.replaceAll('\n', ' ⏎ ') },
]

/** `gatebook session commands`: what was run, as far as the recording shows it. */
export function commandListCommand(program: Command, desk: Desk): void {
  program
    .command('commands')
    .description('the commands of a session: an aid made from the screen; what ran is what the replay shows')
    .argument('<id>', 'as gatebook session list shows it')
    .addOption(jsonOption())
    .action((id: string, options: ListOptions) =>
      desk.withStores(async ({ stores }) => {
        const session = await findSession(stores, id)
        const sessionId = session.id
        await noteView(stores, session, 'session commands')
        const found = [...(await storedCommands(stores, sessionId)), ...(await freshCommands(stores, sessionId))]
        const sorted = found.toSorted((one, other) => one.atUs - other.atUs || one.number - other.number)
        desk.printList(sorted.map(commandView), columns, options)
      }),
    )
}

async function storedCommands({ searchIndex }: OpenStores, id: string): Promise<SessionCommand[]> {
  const unread = new Set(await searchIndex.notRead(id))
  const found: SessionCommand[] = []
  let page = await searchIndex.commands(id, PAGE_LENGTH)
  while (page.length > 0) {
    found.push(...page)
    page = await searchIndex.commands(id, PAGE_LENGTH, found.at(-1))
  }
  return found.filter(({ channel }) => !unread.has(channel))
}

/** Of channels that still run, or that the gateway has not come to yet: read here and now. */
async function freshCommands({ searchIndex, records }: OpenStores, id: string): Promise<SessionCommand[]> {
  const found: SessionCommand[] = []
  for (const channel of await searchIndex.notRead(id)) {
    for await (const { commands } of readChannel(records.events(id, channel))) {
      for (const each of commands) found.push({ ...each, channel })
    }
  }
  return found
}
