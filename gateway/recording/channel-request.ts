import type { ForwardKind } from '#shared/forward-kinds.ts'

/** What a channel runs: the last of these requests that its target was asked for (RFC 4254 §6.5); or what it forwards. */
export type ChannelKind = 'shell' | 'exec' | 'subsystem' | ForwardKind

/** The channel requests that a recording understands; the payload of `request` and `targetRequest` events. */
export type ChannelRequest =
  | { readonly type: 'pty-req'; readonly terminal: string; readonly columns: number; readonly rows: number }
  | { readonly type: 'window-change'; readonly columns: number; readonly rows: number }
  | { readonly type: 'shell' }
  | { readonly type: 'exec'; readonly command: Buffer }
  | { readonly type: 'subsystem'; readonly name: Buffer }
  | { readonly type: 'exit-status'; readonly status: number }
  | { readonly type: 'exit-signal'; readonly signal: string }
  | { readonly type: 'other'; readonly name: string }

/** Payload of an event: `string type` (RFC 4251 §5) and the request's own fields as they came. */
export function encodeChannelRequest(type: string, fields: Buffer): Buffer {
  const name = Buffer.from(type)
  const length = Buffer.allocUnsafe(4)
  length.writeUInt32BE(name.length)
  return Buffer.concat([length, name, fields])
}

/** Reads a payload; one that is cut short or of another type is `other`. Fields by RFC 4254 §6. */
export function decodeChannelRequest(payload: Buffer): ChannelRequest {
  const type = field(payload, 0)
  const name = type.bytes.toString('utf8')
  const other: ChannelRequest = { type: 'other', name }
  const fields = payload.subarray(type.next)
  switch (name) {
    case 'shell':
      return { type: name }
    case 'exec':
      return { type: name, command: field(fields, 0).bytes }
    case 'subsystem':
      return { type: name, name: field(fields, 0).bytes }
    case 'pty-req': {
      const terminal = field(fields, 0)
      if (fields.length < terminal.next + 8) return other
      return { type: name, terminal: terminal.bytes.toString('utf8'), ...size(fields, terminal.next) }
    }
    case 'window-change':
      return fields.length < 8 ? other : { type: name, ...size(fields, 0) }
    case 'exit-status':
      return fields.length < 4 ? other : { type: name, status: fields.readUInt32BE(0) }
    case 'exit-signal':
      return { type: name, signal: field(fields, 0).bytes.toString('utf8') }
    default:
      return other
  }
}

function size(fields: Buffer, at: number): { columns: number; rows: number } {
  return { columns: fields.readUInt32BE(at), rows: fields.readUInt32BE(at + 4) }
}

function field(bytes: Buffer, at: number): { bytes: Buffer; next: number } {
  const length = at + 4 <= bytes.length ? bytes.readUInt32BE(at) : 0
  return { bytes: bytes.subarray(at + 4, at + 4 + length), next: at + 4 + length }
}
