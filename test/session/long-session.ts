import { ChannelArchive } from '#gateway/recording/channel-archive.ts'
import { encodeChannelRequest } from '#gateway/recording/channel-request.ts'
import { encodeFileStatement } from '#gateway/recording/files/file-statement.ts'
import {
  closingOf,
  type Entry,
  openSession,
  type RecordingStores,
  sealed,
  string,
  terminal,
  uint32,
  type Work,
} from '#test/api/recorded-session.ts'

/** Events of a channel that are stored at once: a frame. */
const AT_ONCE = 40
const END_S = 600

/**
 * A session of many frames: on channel 0 somebody types 150 lines at a shell, on channel 1 a command writes to both
 * streams and fails, on channel 2 files pass. Answers with its id.
 */
export async function recordLongSession(
  stores: RecordingStores,
  work: Pick<Work, 'staff' | 'target' | 'startedAt'>,
): Promise<string> {
  const { id, seals } = await openSession(stores, work)
  const channels = [typed(), failed(), files()]
  const archives = channels.map((_, channel) => new ChannelArchive(id, channel, seals.chain(id, channel, undefined)))
  const length = Math.max(...channels.map((events) => events.length))
  for (let from = 0; from < length; from += AT_ONCE) {
    for (const [channel, events] of channels.entries()) {
      for (const [index, [kind, atUs, data]] of events.slice(from, from + AT_ONCE).entries()) {
        const record = { sessionId: id, channel, seq: from + index, kind, atUs, data: Buffer.from(data) }
        await archives[channel]?.add(record)
      }
    }
    const parts = await Promise.all(archives.filter(({ pending }) => pending).map((archive) => archive.take()))
    const isLast = from + AT_ONCE >= length
    await stores.records.append(sealed(seals, parts, isLast ? [closingOf(id, work.startedAt, END_S)] : []))
  }
  return id
}

const end = ['close', END_S * 1_000_000, ''] as const

function typed(): Entry[] {
  const lines = Array.from({ length: 150 }, (_, index): Entry[] => {
    const atUs = (index + 1) * 2_000_000
    return [
      ['input', atUs, `ls ${index}\r`],
      ['output', atUs + 3000, `ls ${index}\r\nfile-${index * 7}\r\n$ `],
    ]
  })
  return [
    ['open', 0, ''],
    ['request', 1000, encodeChannelRequest('pty-req', terminal('xterm', 80, 24))],
    ['request', 1100, encodeChannelRequest('shell', Buffer.alloc(0))],
    ['output', 2000, '$ '],
    ...lines.flat(),
    ['targetRequest', 590_000_000, encodeChannelRequest('exit-status', uint32(0))],
    end,
  ]
}

function failed(): Entry[] {
  return [
    ['open', 500_000, ''],
    ['request', 500_100, encodeChannelRequest('exec', string('make test'))],
    ...Array.from({ length: 60 }, (_, index): Entry => {
      return [index % 3 === 0 ? 'stderr' : 'output', 600_000 + index * 10_000, `line ${index}\n`]
    }),
    ['targetRequest', 2_000_000, encodeChannelRequest('exit-status', uint32(2))],
    end,
  ]
}

function files(): Entry[] {
  const statements = ['a', 'b', 'c'].map((name, number): Entry => {
    const path = Buffer.from(`/srv/${name}`)
    const facts = { operation: 'transfer', direction: 'upload', bytes: 10 + number, result: 'ok' } as const
    return ['file', (number + 1) * 1_000_000, encodeFileStatement({ number, path, ...facts })]
  })
  return [
    ['open', 700_000, ''],
    ['request', 700_100, encodeChannelRequest('subsystem', string('sftp'))],
    ['input', 800_000, 'SFTP'],
    ...statements,
    end,
  ]
}
