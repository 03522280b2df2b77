import { encodeChannelRequest } from '#gateway/recording/channel-request.ts'
import type { EventKind, RecordedEvent } from '#gateway/recording/event.ts'

export type Happened = readonly [atUs: number, kind: EventKind, data?: Buffer | string]

/** The recording of one channel, numbered from 0. */
export async function* recorded(happened: Iterable<Happened>): AsyncGenerator<RecordedEvent> {
  let seq = 0
  for (const [atUs, kind, data = ''] of happened) yield { seq: seq++, atUs, kind, data: Buffer.from(data) }
}

function fields(...values: readonly (number | string)[]): Buffer {
  return Buffer.concat(
    values.map((value) => {
      const text = typeof value === 'string' ? Buffer.from(value) : Buffer.alloc(0)
      const number = Buffer.alloc(4)
      number.writeUInt32BE(typeof value === 'string' ? text.length : value)
      return Buffer.concat([number, text])
    }),
  )
}

export const ptyRequest = (columns: number, rows: number) =>
  encodeChannelRequest('pty-req', fields('xterm', columns, rows, 0, 0, ''))
export const windowChange = (columns: number, rows: number) =>
  encodeChannelRequest('window-change', fields(columns, rows, 0, 0))
export const execRequest = (command: string) => encodeChannelRequest('exec', fields(command))
export const exitStatus = (status: number) => encodeChannelRequest('exit-status', fields(status))
export const shellRequest = encodeChannelRequest('shell', Buffer.alloc(0))

export async function collected<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}
