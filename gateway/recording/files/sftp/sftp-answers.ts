import type { OpenTransfer } from '../file-ledger.ts'
import { NotFollowed } from '../not-followed.ts'
import type { PendingRequest, SftpReply } from './pending-requests.ts'
import { attributeFlag, HANDLE_BYTES_MAX, packet } from './sftp-numbers.ts'
import { SftpFields } from './sftp-fields.ts'
import type { PacketListener } from './sftp-packets.ts'
import type { SftpState } from './sftp-state.ts'

/** The draft that everybody speaks; later ones have other fields. */
const VERSION_MAX = 3
/** Of what a status says beside its number. */
const MESSAGE_BYTES_MAX = 300

const heads = new Map<number, number>([
  [packet.version, 4],
  [packet.status, 4 + 4 + 4 + MESSAGE_BYTES_MAX],
  [packet.handle, 4 + 4 + HANDLE_BYTES_MAX],
  [packet.data, 4 + 4],
  [packet.attributes, 4 + 4 + 8],
])

/** What the target answers. */
export class SftpAnswers implements PacketListener {
  readonly #state: SftpState
  #begun = false
  /** Where the data goes that passes now. */
  #data: { readonly transfer: OpenTransfer; offset: number; left: number } | undefined

  constructor(state: SftpState) {
    this.#state = state
  }

  headOf(type: number): number {
    return heads.get(type) ?? 4
  }

  packet(type: number, head: Buffer, length: number): void {
    this.#data = undefined
    if (!this.#begun) return this.#begin(type, new SftpFields(head))
    // An INIT that comes again is answered again, without the number of a request.
    if (type === packet.version) return
    const fields = new SftpFields(head)
    const request = this.#state.pending.take(fields.uint32())
    if (request === undefined) throw new NotFollowed('the target answers what was not asked')
    if (type === packet.data) this.#dataFollows(request, Math.min(fields.uint32(), length - fields.at))
    else request.answered(replyOf(type, fields))
  }

  body(slice: Buffer): void {
    const data = this.#data
    if (data === undefined) return
    const content = slice.subarray(0, data.left)
    data.transfer.take(data.offset, content)
    data.offset += content.length
    data.left -= content.length
  }

  #begin(type: number, fields: SftpFields): void {
    if (type !== packet.version) throw new NotFollowed('the target does not answer with SFTP')
    const version = fields.uint32()
    if (version > VERSION_MAX) throw new NotFollowed(`version ${version} of SFTP is not followed, only ${VERSION_MAX}`)
    this.#begun = true
  }

  #dataFollows(request: PendingRequest, left: number): void {
    if (request.reads === undefined) return request.answered({ kind: 'other' })
    const { handle, offset } = request.reads
    const transfer = this.#state.files.get(handle)?.download()
    if (transfer !== undefined) this.#data = { transfer, offset, left }
  }
}

function replyOf(type: number, fields: SftpFields): SftpReply {
  switch (type) {
    case packet.status:
      return { kind: 'status', code: fields.uint32(), message: fields.string().toString() }
    case packet.handle:
      return { kind: 'handle', key: handleKey(fields) }
    case packet.attributes: {
      const hasSize = (fields.uint32() & attributeFlag.size) !== 0
      return { kind: 'attributes', size: hasSize ? fields.uint64() : undefined }
    }
    default:
      return { kind: 'other' }
  }
}

function handleKey(fields: SftpFields): string {
  const handle = fields.string()
  if (fields.at > 4 + 4 + HANDLE_BYTES_MAX) throw new NotFollowed('a handle is longer than SFTP allows')
  return handle.toString('latin1')
}
