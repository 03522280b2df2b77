import { type Command, Option } from 'commander'
import { exportCast } from '../recording/export-cast.ts'
import { exportJson } from '../recording/export-json.ts'
import { GatewayError } from '../errors.ts'
import { exportText } from '../recording/export-text.ts'
import { readKeptHeads } from '../recording/seal/kept-heads.ts'
import { exportDossier } from '../session/export-dossier.ts'
import { sessionDetailView } from '../session/session-view.ts'
import { wholeNumberArgument } from './argument-parsers.ts'
import type { Desk, OpenInstallation } from './desk.ts'
import { findSession } from './named-things.ts'
import type { OpenStores } from './program-parts.ts'
import { findRecordedChannel } from './recorded-channel.ts'
import { noteView } from './view-note.ts'

interface ExportOptions {
  readonly format: 'cast' | 'cast2' | 'txt' | 'json' | 'zip'
  readonly channel?: number
  readonly head?: string
}

/** `gatebook session text` and `gatebook session export`: a recording, to stdout. */
export function exportCommands(session: Command, desk: Desk): void {
  session
    .command('text')
    .description('what the screen showed, as plain text')
    .argument('<id>', 'as gatebook session list shows it')
    .addOption(channelOption())
    .action((id: string, options: { channel?: number }) =>
      desk.withStores((open) => print(desk, open, id, { ...options, format: 'txt' })),
    )
  session
    .command('export')
    .description('a recording in a format of other programs')
    .argument('<id>', 'as gatebook session list shows it')
    .addOption(
      new Option(
        '--format <format>',
        'cast is asciicast v3, cast2 v2; json is every event of every channel, lossless; zip proves the session',
      )
        .choices(['cast', 'cast2', 'txt', 'json', 'zip'])
        .default('cast'),
    )
    .addOption(channelOption())
    .option('--head <file>', 'proves a zip under the newest of the tree heads that somebody kept, one a line')
    .addHelpText(
      'after',
      `
Examples:
  gatebook session export ID > work.cast && asciinema play work.cast
  gatebook session export ID --format json | jq '.channels[0].events | length'
  gatebook session export ID --format zip > work.zip && gatebook verify work.zip`,
    )
    .action(async (id: string, options: ExportOptions, command: Command) => {
      const isZip = options.format === 'zip'
      if (isZip && options.channel !== undefined)
        command.error('error: a zip proves all of a session: leave out --channel')
      if (!isZip && options.head !== undefined) command.error('error: --head is for --format zip')
      await desk.withStores((open) =>
        isZip ? printZip(desk, open.stores, id, options) : print(desk, open, id, options),
      )
    })
}

/** `--channel`, by default the first with a terminal. */
export function channelOption(): Option {
  return new Option('--channel <number>', 'of this channel; the first with a terminal unless said').argParser(
    wholeNumberArgument(0, 2 ** 31),
  )
}

async function print(desk: Desk, { stores }: OpenInstallation, id: string, options: ExportOptions): Promise<void> {
  if (options.format === 'json') return await desk.printAll(await jsonOf(stores, id, options.channel))
  const { session, channel, size } = await findRecordedChannel(stores, id, options.channel)
  await noteView(stores, session, `session export ${options.format}`)
  const events = stores.records.events(session.id, channel.channel)
  if (options.format === 'txt') return await desk.printAll(exportText(events, size))
  const header = {
    ...size,
    startedAt: session.startedAt,
    title: `${session.login}@${session.target} by ${session.staff}`,
    ...(channel.terminal && { terminalType: channel.terminal.type }),
    ...(channel.command !== undefined && { command: channel.command }),
  }
  await desk.printAll(exportCast(events, header, options.format === 'cast2' ? 2 : 3))
}

async function printZip(desk: Desk, stores: OpenStores, id: string, { head }: ExportOptions): Promise<void> {
  if (desk.parts.output.isTTY) {
    throw new GatewayError(
      'bad-input',
      'a zip is nothing for a terminal',
      'write it to a file: … --format zip > work.zip',
    )
  }
  const kept = head === undefined ? undefined : await readKeptHeads(head, (text) => desk.note(text))
  const session = await findSession(stores, id)
  await noteView(stores, session, 'session export zip')
  const verifier = await desk.parts.readVerifier()
  const keptHeads = kept?.map(({ statement }) => statement)
  await desk.printAll(exportDossier({ ...stores, verifier, keptHeads }, session.id))
}

async function jsonOf(stores: OpenStores, id: string, number: number | undefined): Promise<AsyncIterable<string>> {
  const session = await findSession(stores, id)
  if (number !== undefined) await findRecordedChannel(stores, id, number)
  await noteView(stores, session, 'session export json')
  const statements = await stores.sessionLog.statements(session.id)
  const { channelList, ...about } = sessionDetailView(session, await stores.sessions.channels(session.id), statements)
  const channels = channelList
    .filter(({ channel }) => number === undefined || channel === number)
    .map((channel) => ({ about: channel, events: stores.records.events(session.id, channel.channel) }))
  return exportJson(about, channels)
}
