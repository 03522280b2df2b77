import type { ForwardKind } from '#shared/forward-kinds.ts'

/**
 * What one entry of a recording is about. The numbers are the format on disk and in the database:
 * they are never reused.
 */
export const eventKinds = {
  /** The channel opened; payload empty. */
  open: 0,
  /** Bytes from the administrator, before they go to the target. */
  input: 1,
  /** Bytes of stdout, before they go to the administrator. */
  output: 2,
  /** Bytes of stderr (RFC 4254 §5.2, SSH_EXTENDED_DATA_STDERR). */
  stderr: 3,
  /** A channel request of the administrator (RFC 4254 §6): payload `string type` + its own fields. */
  request: 4,
  /** A channel request of the target: exit-status, exit-signal and the like; payload as above. */
  targetRequest: 5,
  /** End of input (RFC 4254 §5.3) of the administrator's side. */
  inputEnd: 6,
  /** End of output of the target's side. */
  outputEnd: 7,
  /** What the gateway itself said to the administrator on stderr; UTF-8. */
  notice: 8,
  /** Bytes beyond the channel's budget, not stored: payload is `CountedBytes` as JSON. */
  counted: 9,
  /** The channel closed; payload empty. */
  close: 10,
  /** What the bytes of the channel say of one file: `FileStatement` as JSON (files/file-statement.ts). */
  file: 11,
  /** As `input`, but each character typed in secret stands as `•` (U+2022): its bytes were never stored. */
  maskedInput: 12,
  /** The channel forwards something: payload is `ForwardOpening` as JSON. */
  forward: 13,
} as const

export type EventKind = keyof typeof eventKinds

/** Payload of `forward`. */
export interface ForwardOpening {
  readonly kind: ForwardKind
  /** Where it leads, as staff and target call it: `db1:5432`, `localhost:8080 from 192.0.2.7:40000`, a path. */
  readonly place: string
}

/** Payload of `counted`. The last one of a stream, at its end, has the hash of all its counted bytes. */
export interface CountedBytes {
  readonly stream: 'input' | 'output' | 'stderr'
  readonly bytes: number
  /** Hexadecimal. */
  readonly sha256?: string
}

/** One entry of the recording of one channel. */
export interface RecordedEvent {
  /** Counts from 0 inside the channel, without gaps. */
  readonly seq: number
  /** Microseconds since the session's start, on the monotonic clock. */
  readonly atUs: number
  readonly kind: EventKind
  /** Of an erased event as many asterisks as there were bytes. */
  readonly data: Buffer
  /** Its bytes were erased later, as a signed statement must say (seal/erase-events.ts): what still stands for them. */
  readonly erased?: Buffer
}
