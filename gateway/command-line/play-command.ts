import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, InvalidArgumentError } from 'commander'
import { printable } from '#shared/printable.ts'
import { GatewayError } from '../errors.ts'
import { followEvents, type NewEvents } from '../recording/follow-events.ts'
import { showLive } from '../recording/terminal-live-view.ts'
import { playInTerminal, TERMINAL_RESTORED } from '../recording/terminal-playback.ts'
import { type Desk, OPERATOR } from './desk.ts'
import { channelOption } from './export-commands.ts'
import type { OpenStores } from './program-parts.ts'
import { findRecordedChannel, type RecordedChannel } from './recorded-channel.ts'
import { noteView } from './view-note.ts'

interface PlayOptions {
  readonly channel?: number
  readonly speed: number
  /** Seconds. */
  readonly idle: number
  /** Seconds. */
  readonly from: number
  readonly keys: boolean
  readonly follow?: true
}

/** `gatebook session play`: the recording in the viewer's own terminal. */
export function playCommand(session: Command, desk: Desk): void {
  session
    .command('play')
    .description('replay in this terminal, with the keys; Ctrl+C ends it')
    .argument('<id>', 'as gatebook session list shows it')
    .addOption(channelOption())
    .option('--speed <factor>', '2 is twice as fast', decimalArgument(0.1, 100), 1)
    .option('--idle <seconds>', 'shorten longer pauses to this; 0 keeps them', decimalArgument(0, 86_400), 2)
    .option('--from <seconds>', 'begin later, in seconds of the replay', decimalArgument(0, 1e7), 0)
    .option('--follow', 'show a session that is live as it goes on, instead of its beginning')
    .option('--no-keys', 'without the keys in the last row')
    .addHelpText('after', '\nExamples:\n  gatebook session play ID --speed 4\n  gatebook session play ID --follow')
    .action(async (id: string, options: PlayOptions) => {
      const { isTTY, columns, rows } = desk.parts.output
      if (!isTTY || columns === undefined || rows === undefined) {
        throw new GatewayError('bad-input', 'stdout is no terminal to play in', 'for a file use: gatebook session text')
      }
      await desk.withStores(async ({ stores }) => {
        const recorded = await findRecordedChannel(stores, id, options.channel)
        const { session: found, channel, size } = recorded
        await noteView(stores, found, 'session play')
        const interruption = desk.parts.interruption()
        const viewer = { columns, rows }
        if (options.follow) {
          await stores.sessions.noteWatcher(found.id, OPERATOR)
          const title = printable(`${found.staff} on ${found.login}@${found.target}`)
          const events = followed(stores, recorded, interruption)
          return playUntil(interruption, desk, showLive(events, { size, viewer, showKeys: options.keys, title }))
        }
        const chunks = playInTerminal(stores.records.events(found.id, channel.channel), {
          size,
          viewer,
          speed: options.speed,
          idleUs: Math.round(options.idle * 1_000_000),
          startUs: Math.round(options.from * 1_000_000),
          showKeys: options.keys,
          sleep: (ms) => sleep(ms, undefined, { signal: interruption }),
        })
        await playUntil(interruption, desk, chunks)
      })
    })
}

/** Throws `conflict` for what is over. */
function followed(
  { sessions, records }: OpenStores,
  { session, channel }: RecordedChannel,
  signal: AbortSignal,
): AsyncGenerator<NewEvents> {
  if (session.state !== 'live' || channel.closedUs !== undefined) {
    throw new GatewayError('conflict', `what you want to follow is over`, `see: gatebook session play ${session.id}`)
  }
  return followEvents(records, {
    sessionId: session.id,
    channel: channel.channel,
    isOver: async () => (await sessions.show(session.id))?.state !== 'live',
    sleep: (ms) => sleep(ms, undefined, { signal }),
  })
}

async function playUntil(interruption: AbortSignal, desk: Desk, chunks: AsyncIterable<string>): Promise<void> {
  try {
    for await (const chunk of chunks) {
      interruption.throwIfAborted()
      await desk.printed(chunk)
    }
  } catch (error) {
    desk.print(TERMINAL_RESTORED)
    if (!interruption.aborted) throw error
  }
}

function decimalArgument(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,8}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= max) return value
    throw new InvalidArgumentError(`a number from ${min} to ${max} is expected.`)
  }
}
