import type { Command } from 'commander'
import { keyName } from '../recording/key-name.ts'
import type { Keystroke } from '../recording/record-store.ts'
import { wholeNumberArgument } from './argument-parsers.ts'
import type { Desk } from './desk.ts'
import { jsonOption, type ListOptions } from './json-option.ts'
import { findSession } from './named-things.ts'
import { findRecordedChannel } from './recorded-channel.ts'
import { noteView } from './view-note.ts'
import { preciseOffset } from '../printing/short-times.ts'
import type { Column } from '../printing/table.ts'

interface KeystrokeLine {
  readonly channel: number
  readonly seq: number
  /** Microseconds since the session's start. */
  readonly atUs: number
  readonly name: string
  /** base64. */
  readonly bytes: string
}

const columns: readonly Column<KeystrokeLine>[] = [
  { title: 'channel', right: true, text: (key) => String(key.channel) },
  { title: 'time', right: true, text: (key) => preciseOffset(key.atUs) },
  { title: 'key', text: (key) => key.name },
  { title: 'bytes', text: (key) => Buffer.from(key.bytes, 'base64').toString('hex') },
]

/** `gatebook session keys`: every key pressed, by name. */
export function keystrokeCommand(session: Command, desk: Desk): void {
  session
    .command('keys')
    .description('every key pressed, with its time and name')
    .argument('<id>', 'as gatebook session list shows it')
    .option('--channel <number>', 'of this channel only', wholeNumberArgument(0, 2 ** 31))
    .addOption(jsonOption())
    .addHelpText('after', '\nTimes count from the start of the session: minutes, seconds, microseconds.')
    .action((id: string, options: ListOptions & { channel?: number }) =>
      desk.withStores(async ({ stores }) => {
        const found = await findSession(stores, id)
        if (options.channel !== undefined) await findRecordedChannel(stores, id, options.channel)
        await noteView(stores, found, 'session keys')
        const lines: KeystrokeLine[] = []
        for (const { channel } of await stores.sessions.channels(found.id)) {
          if (options.channel !== undefined && options.channel !== channel) continue
          lines.push(...(await stores.records.keystrokes(found.id, channel)).map((key) => lineOf(channel, key)))
        }
        desk.printList(lines, columns, options)
      }),
    )
}

function lineOf(channel: number, { seq, atUs, bytes }: Keystroke): KeystrokeLine {
  return { channel, seq, atUs, name: keyName(bytes), bytes: bytes.toString('base64') }
}
