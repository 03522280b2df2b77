import { string, uint32, wireMessage, type WireField } from '#gateway/transport/wire.ts'

/** draft-ietf-secsh-filexfer-02: packets as OpenSSH's client and server send them. */
export function sftpPacket(type: number, ...fields: readonly WireField[]): Buffer {
  const payload = wireMessage(type, ...fields)
  return Buffer.concat([uint32(payload.length), payload])
}

export function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}

export const init = sftpPacket(1, uint32(3))
export const version = sftpPacket(2, uint32(3))

/** Flags of OPEN. */
export const READ = 0x01
export const WRITE_NEW = 0x02 | 0x08 | 0x10
/** As OpenSSH's scp opens what may be there. */
export const WRITE_OVER = 0x02 | 0x08

type Path = string | Buffer

/** What a client says; `id` is the request's number. */
export const request = {
  open: (id: number, path: Path, flags: number) => sftpPacket(3, uint32(id), string(path), uint32(flags), uint32(0)),
  close: (id: number, handle: Path) => sftpPacket(4, uint32(id), string(handle)),
  read: (id: number, handle: Path, offset: number, length = 32_768) =>
    sftpPacket(5, uint32(id), string(handle), uint64(offset), uint32(length)),
  write: (id: number, handle: Path, offset: number, data: Path) =>
    sftpPacket(6, uint32(id), string(handle), uint64(offset), string(data)),
  stat: (id: number, path: Path) => sftpPacket(17, uint32(id), string(path)),
  fstat: (id: number, handle: Path) => sftpPacket(8, uint32(id), string(handle)),
  setstat: (id: number, path: Path, ...attributes: readonly Buffer[]) =>
    sftpPacket(9, uint32(id), string(path), ...attributes),
  fsetstat: (id: number, handle: Path, ...attributes: readonly Buffer[]) =>
    sftpPacket(10, uint32(id), string(handle), ...attributes),
  realpath: (id: number, path: Path) => sftpPacket(16, uint32(id), string(path)),
  remove: (id: number, path: Path) => sftpPacket(13, uint32(id), string(path)),
  mkdir: (id: number, path: Path) => sftpPacket(14, uint32(id), string(path), uint32(0)),
  rmdir: (id: number, path: Path) => sftpPacket(15, uint32(id), string(path)),
  rename: (id: number, from: Path, to: Path) => sftpPacket(18, uint32(id), string(from), string(to)),
  symlink: (id: number, leadsTo: Path, link: Path) => sftpPacket(20, uint32(id), string(leadsTo), string(link)),
  extended: (id: number, name: string, ...fields: readonly Buffer[]) =>
    sftpPacket(200, uint32(id), string(name), ...fields),
}

/** What a server says. */
export const answer = {
  status: (id: number, code: number, message = '') =>
    sftpPacket(101, uint32(id), uint32(code), string(message), string('')),
  ok: (id: number) => answer.status(id, 0, 'Success'),
  eof: (id: number) => answer.status(id, 1, 'End of file'),
  handle: (id: number, handle: Path) => sftpPacket(102, uint32(id), string(handle)),
  data: (id: number, data: Path) => sftpPacket(103, uint32(id), string(data)),
  size: (id: number, size: number) => sftpPacket(105, uint32(id), uint32(1), uint64(size)),
}
