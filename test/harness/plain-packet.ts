import type { Socket } from 'node:net'
import { uint32 } from '#gateway/transport/wire.ts'

/** SSH_MSG_IGNORE of RFC 4253 §11.2. */
const IGNORE = 2

/** A packet before any key (RFC 4253 §6). */
export function plainPacket(payload: Buffer): Buffer {
  const padding = 16 - ((payload.length + 5) % 8)
  return Buffer.concat([uint32(payload.length + padding + 1), Buffer.of(padding), payload, Buffer.alloc(padding)])
}

/** Slips a message that means nothing in before the next write, as Terrapin does (CVE-2023-48795). */
export function slipIn(socket: Socket): void {
  const write = socket.write.bind(socket) as (data: Buffer) => boolean
  socket.write = ((data: Buffer) => {
    socket.write = write as typeof socket.write
    return write(Buffer.concat([plainPacket(Buffer.of(IGNORE, 0, 0, 0, 0)), data]))
  }) as typeof socket.write
}
