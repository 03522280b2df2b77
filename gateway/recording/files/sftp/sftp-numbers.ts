// SFTP version 3, draft-ietf-secsh-filexfer-02, which is what OpenSSH speaks, and OpenSSH's PROTOCOL §4 for extensions.

/** §3: types of packets. */
export const packet = {
  init: 1,
  version: 2,
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  lstat: 7,
  fstat: 8,
  setstat: 9,
  fsetstat: 10,
  opendir: 11,
  readdir: 12,
  remove: 13,
  mkdir: 14,
  rmdir: 15,
  realpath: 16,
  stat: 17,
  rename: 18,
  readlink: 19,
  symlink: 20,
  status: 101,
  handle: 102,
  data: 103,
  attributes: 105,
  extended: 200,
} as const

/** §6.3: bytes of the name that a server gives an open file. */
export const HANDLE_BYTES_MAX = 256

/** §6.3: how a file is opened. */
export const openFlag = { read: 0x01, write: 0x02, append: 0x04, create: 0x08, truncate: 0x10, exclusive: 0x20 }

/** §5: which attributes follow. */
export const attributeFlag = { size: 0x01, owner: 0x02, permissions: 0x04, times: 0x08 }

/** §7: how a request ended. */
export const status = { ok: 0, eof: 1 }

const statusWords = new Map([
  [2, 'no such file'],
  [3, 'permission denied'],
  [5, 'bad message'],
  [8, 'not supported by the target'],
])

/** What a refused request is noted with; servers put what they like into the message of a plain failure. */
export function statusNote(code: number, message: string): string {
  return statusWords.get(code) ?? (message === '' ? `refused with status ${code}` : message)
}
