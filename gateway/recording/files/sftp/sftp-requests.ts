import type { OpenTransfer } from '../file-ledger.ts'
import { joinNotes, PATH_BYTES_MAX, type FileResult } from '../file-statement.ts'
import { NotFollowed } from '../not-followed.ts'
import { extensionOf, operationOf, type Operation } from './sftp-operations.ts'
import type { PendingRequest, SftpReply } from './pending-requests.ts'
import { SftpFields } from './sftp-fields.ts'
import { HANDLE_BYTES_MAX, openFlag, packet, status, statusNote } from './sftp-numbers.ts'
import type { PacketListener } from './sftp-packets.ts'
import type { SftpState } from './sftp-state.ts'

/** id, handle, offset, length: as much of a WRITE as is not content, at most. */
const HANDLE_HEAD = 4 + 4 + HANDLE_BYTES_MAX + 8 + 4
/** Two paths as long as Linux takes them, and more. What is behind it is not read. */
const PATH_HEAD = 64 * 1024

const ID_HEAD = 4

/** Every request that is answered; others are passed over, as OpenSSH's server does. */
const heads = new Map<number, number>([
  ...[packet.close, packet.read, packet.write, packet.fstat].map((type) => [type, HANDLE_HEAD] as const),
  ...[packet.open, packet.remove, packet.mkdir, packet.rmdir, packet.rename].map((type) => [type, PATH_HEAD] as const),
  ...[packet.setstat, packet.fsetstat, packet.symlink, packet.extended].map((type) => [type, PATH_HEAD] as const),
  ...[packet.stat, packet.lstat].map((type) => [type, PATH_HEAD] as const),
  ...[packet.opendir, packet.readdir, packet.realpath, packet.readlink].map((type) => [type, ID_HEAD] as const),
])

/** Characters of the name of an extension. */
const NAME_LENGTH_MAX = 100

const nothingKnown: PendingRequest = { answered() {} }

/** What the administrator asks for. */
export class SftpRequests implements PacketListener {
  readonly #state: SftpState
  #begun = false
  /** Where the content goes that passes now. */
  #written: { readonly transfer: OpenTransfer; offset: number; left: number } | undefined

  constructor(state: SftpState) {
    this.#state = state
  }

  headOf(type: number): number {
    return heads.get(type) ?? 0
  }

  packet(type: number, head: Buffer, length: number): void {
    this.#written = undefined
    if (!this.#begun) {
      if (type !== packet.init) throw new NotFollowed('the administrator does not begin with SFTP')
      this.#begun = true
    }
    if (!heads.has(type)) return
    const fields = new SftpFields(head)
    const id = fields.uint32()
    const request = type === packet.write ? this.#write(fields, head, length) : this.#requestOf(type, fields)
    this.#state.pending.add(id, request, Math.min(fields.at, 2 * PATH_BYTES_MAX))
  }

  body(slice: Buffer): void {
    const written = this.#written
    if (written === undefined) return
    const content = slice.subarray(0, written.left)
    written.transfer.take(written.offset, content)
    written.offset += content.length
    written.left -= content.length
  }

  #write(fields: SftpFields, head: Buffer, length: number): PendingRequest {
    const { files } = this.#state
    const handle = fields.key()
    const offset = fields.uint64()
    const left = Math.min(fields.uint32(), length - fields.at)
    // A handle of more bytes than SFTP has is nobody's, and what follows it is not the content of a file.
    if (fields.at > head.length) return nothingKnown
    const known = files.get(handle)
    const file = known?.closes === true ? undefined : known
    if (file !== undefined) {
      this.#written = { transfer: file.upload(), offset, left }
      // The head of a short handle has some of the content.
      this.body(head.subarray(fields.at))
    }
    return {
      answered(reply) {
        const { result, note } = outcomeOf(reply)
        if (file === undefined && result === 'ok') files.get(handle)?.wroteUnseen(left)
        if (result === 'failed') file?.unwritten(left, note ?? '')
      },
    }
  }

  #requestOf(type: number, fields: SftpFields): PendingRequest {
    switch (type) {
      case packet.open:
        return this.#open(fields.path(), fields.uint32())
      case packet.close:
        return this.#close(fields.key())
      case packet.read:
        return this.#read(fields.key(), fields.uint64())
      case packet.fstat:
        return this.#fstat(fields.key())
      case packet.stat:
      case packet.lstat:
        return this.#stat(fields.path())
      case packet.fsetstat:
        return this.#fsetstat(fields.key(), fields)
      case packet.extended:
        return this.#extended(fields.key(), fields)
      default:
        return this.#changes(operationOf(type, fields))
    }
  }

  #open(path: Buffer, flags: number): PendingRequest {
    const { files, ledger } = this.#state
    const direction = (flags & openFlag.write) === 0 ? 'download' : 'upload'
    return {
      answered(reply) {
        if (reply.kind === 'handle') return files.open(reply.key, path, flags)
        const { result, note } = outcomeOf(reply)
        ledger.add({ operation: 'transfer', direction, path, note }, result)
      },
    }
  }

  #close(handle: string): PendingRequest {
    const { files } = this.#state
    files.get(handle)?.willClose()
    return {
      answered(reply) {
        if (reply.kind !== 'none') files.close(handle, outcomeOf(reply).note)
      },
    }
  }

  #read(handle: string, offset: number): PendingRequest {
    const { files } = this.#state
    return { reads: { handle, offset }, answered: (reply) => files.get(handle)?.unread(offset, reply) }
  }

  #fstat(handle: string): PendingRequest {
    const { files } = this.#state
    return { answered: (reply) => files.get(handle)?.hasSize(sizeOf(reply)) }
  }

  #stat(path: Buffer): PendingRequest {
    const { files } = this.#state
    return { answered: (reply) => files.hasSize(path, sizeOf(reply)) }
  }

  #fsetstat(handle: string, fields: SftpFields): PendingRequest {
    const { files, ledger } = this.#state
    const { size, words } = fields.attributes()
    return {
      answered(reply) {
        const file = files.get(handle)
        if (file === undefined) return
        const { result, note } = outcomeOf(reply)
        const isPartOfUpload = result === 'ok' && size !== undefined && file.cutTo(size)
        if (isPartOfUpload && words === `size ${size}`) return
        ledger.add({ operation: 'setstat', path: file.path, note: joinNotes(words, note) }, result)
      },
    }
  }

  #changes(operation: Operation | undefined): PendingRequest {
    if (operation === undefined) return nothingKnown
    const { files, ledger } = this.#state
    const { facts, path, size } = operation
    return {
      answered(reply) {
        const { result, note } = outcomeOf(reply)
        ledger.add({ ...facts, note: joinNotes(facts.note, note) }, result)
        if (result === 'ok' && size !== undefined) files.cutTo(path, size)
      },
    }
  }

  #extended(name: string, fields: SftpFields): PendingRequest {
    if (name === 'copy-data') return this.#copyData(fields)
    const extension = extensionOf(name, fields)
    if (extension === 'harmless') return nothingKnown
    if (extension !== 'unknown') return this.#changes(extension)
    const { ledger } = this.#state
    const note = `what ${name.slice(0, NAME_LENGTH_MAX)} does is not known here`
    return {
      answered(reply) {
        if (outcomeOf(reply).result === 'ok' || reply.kind === 'other')
          ledger.add({ operation: 'unread', note }, 'unread')
      },
    }
  }

  /** OpenSSH's PROTOCOL §4.9, and draft-ietf-secsh-filexfer-extensions-00 §7. */
  #copyData(fields: SftpFields): PendingRequest {
    const { files } = this.#state
    const source = fields.key()
    fields.uint64()
    fields.uint64()
    const copy = fields.key()
    return {
      answered(reply) {
        const path = files.get(source)?.path
        if (outcomeOf(reply).result === 'ok' && path !== undefined) files.get(copy)?.copiedFrom(path)
      },
    }
  }
}

function outcomeOf(reply: SftpReply): { readonly result: FileResult; readonly note: string | undefined } {
  if (reply.kind === 'none') return { result: reply.result, note: 'no answer was heard' }
  if (reply.kind !== 'status') return { result: 'failed', note: 'the answer was of another kind' }
  if (reply.code === status.ok) return { result: 'ok', note: undefined }
  return { result: 'failed', note: statusNote(reply.code, reply.message) }
}

function sizeOf(reply: SftpReply): number | undefined {
  return reply.kind === 'attributes' ? reply.size : undefined
}
