import type { FileFacts } from '../file-ledger.ts'
import type { FileOperation } from '../file-statement.ts'
import { packet } from './sftp-numbers.ts'
import type { SftpFields } from './sftp-fields.ts'

/** Something that a request changes on the target. */
export interface Operation {
  /** As they are told when the answer has come. */
  readonly facts: FileFacts
  readonly path: Buffer
  /** The length that the file gets, where it gets one. */
  readonly size?: number | undefined
}

/** What a request changes by a path, without an open file. */
export function operationOf(type: number, fields: SftpFields): Operation | undefined {
  switch (type) {
    case packet.remove:
      return onePath('remove', fields)
    case packet.mkdir:
      return onePath('mkdir', fields)
    case packet.rmdir:
      return onePath('rmdir', fields)
    case packet.rename:
      return twoPaths('rename', fields)
    case packet.setstat:
      return setstatOf(fields.path(), fields)
    case packet.symlink: {
      // OpenSSH sends what the link leads to first, against the draft, and everybody follows it (its PROTOCOL §4.1).
      const newPath = fields.path()
      const path = fields.path()
      return { facts: { operation: 'symlink', path, newPath }, path }
    }
    default:
      return undefined
  }
}

/** The same of an extension; `harmless`: it changes nothing, `unknown`: nobody here knows what it does. */
export function extensionOf(name: string, fields: SftpFields): Operation | 'harmless' | 'unknown' {
  switch (name) {
    case 'posix-rename@openssh.com':
      return twoPaths('rename', fields)
    case 'hardlink@openssh.com':
      return twoPaths('hardlink', fields)
    case 'lsetstat@openssh.com':
      return setstatOf(fields.path(), fields)
    case 'copy-file':
      return twoPaths('copy', fields)
    default:
      return HARMLESS.has(name) ? 'harmless' : 'unknown'
  }
}

/** Attributes that are set; `fields` stands before them. */
function setstatOf(path: Buffer, fields: SftpFields): Operation {
  const { size, words } = fields.attributes()
  return { facts: { operation: 'setstat', path, note: words }, path, size }
}

/** OpenSSH's PROTOCOL §4, and what ProFTPD and others answer questions with. */
const HARMLESS = new Set([
  'statvfs@openssh.com',
  'fstatvfs@openssh.com',
  'fsync@openssh.com',
  'limits@openssh.com',
  'expand-path@openssh.com',
  'users-groups-by-id@openssh.com',
  'home-directory',
  'check-file',
  'check-file-name',
  'check-file-handle',
  'md5-hash',
  'md5-hash-handle',
  'space-available',
  'vendor-id',
])

function onePath(operation: FileOperation, fields: SftpFields): Operation {
  const path = fields.path()
  return { facts: { operation, path }, path }
}

function twoPaths(operation: FileOperation, fields: SftpFields): Operation {
  const path = fields.path()
  return { facts: { operation, path, newPath: fields.path() }, path }
}
