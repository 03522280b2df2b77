import type { FileLedger } from '../file-ledger.ts'

/** What a request was answered with; `none`: nothing was heard of it. Data is not part of it: it follows. */
export type SftpReply =
  | { readonly kind: 'status'; readonly code: number; readonly message: string }
  | { readonly kind: 'handle'; readonly key: string }
  | { readonly kind: 'attributes'; readonly size: number | undefined }
  | { readonly kind: 'other' }
  | { readonly kind: 'none'; readonly result: 'interrupted' | 'unread' }

/** A request whose answer has not come. */
export interface PendingRequest {
  answered(reply: SftpReply): void
  /** What a read asked for, whose data follows behind the answer. */
  readonly reads?: { readonly handle: string; readonly offset: number }
}

interface Waiting {
  readonly request: PendingRequest
  readonly cost: number
  next: Waiting | undefined
}

interface Line {
  first: Waiting
  last: Waiting
}

/** About what a pending request takes beside its paths. */
const REQUEST_COST = 200

/**
 * The requests of one channel by their numbers. OpenSSH answers in order, so of two with one number the older is
 * answered first: whoever gives a number twice hides nothing by it.
 */
export class PendingRequests {
  readonly #ledger: FileLedger
  readonly #byNumber = new Map<number, Line>()

  constructor(ledger: FileLedger) {
    this.#ledger = ledger
  }

  /** `bytes` is what the request keeps of its packet. Throws `NotFollowed` where too many wait. */
  add(id: number, request: PendingRequest, bytes: number): void {
    const cost = REQUEST_COST + bytes
    this.#ledger.hold(cost)
    const waiting: Waiting = { request, cost, next: undefined }
    const line = this.#byNumber.get(id)
    if (line === undefined) this.#byNumber.set(id, { first: waiting, last: waiting })
    else {
      line.last.next = waiting
      line.last = waiting
    }
  }

  /** The request that an answer with this number is for. */
  take(id: number): PendingRequest | undefined {
    const line = this.#byNumber.get(id)
    if (line === undefined) return undefined
    const { request, cost, next } = line.first
    if (next === undefined) this.#byNumber.delete(id)
    else line.first = next
    this.#ledger.letGo(cost)
    return request
  }

  /** No answer is heard any more. */
  end(result: 'interrupted' | 'unread'): void {
    for (const id of this.#byNumber.keys()) {
      for (let request = this.take(id); request !== undefined; request = this.take(id)) {
        request.answered({ kind: 'none', result })
      }
    }
  }
}
