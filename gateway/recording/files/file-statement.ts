/** What was done with a file; `transfer` is its content passing, `unread` says that the list is not complete. */
export const fileOperations = [
  'transfer',
  'copy',
  'remove',
  'rename',
  'mkdir',
  'rmdir',
  'setstat',
  'symlink',
  'hardlink',
  'unread',
] as const
export type FileOperation = (typeof fileOperations)[number]

/** As the administrator sees it: an upload goes to the target. */
export const fileDirections = ['upload', 'download'] as const
export type FileDirection = (typeof fileDirections)[number]

/**
 * `partial`: closed before its end was reached. `interrupted`: the channel ended in the middle, or before the answer
 * came. `unread`: nobody knows, for the channel could not be followed to its end.
 */
export const fileResults = ['ok', 'failed', 'partial', 'interrupted', 'unread'] as const
export type FileResult = (typeof fileResults)[number]

/**
 * What a channel's bytes say of one file. Several statements may follow each other about the same number: each
 * replaces the one before.
 */
export interface FileStatement {
  /** Counts from 0 inside the channel. */
  readonly number: number
  readonly operation: FileOperation
  /** Of a transfer only. */
  readonly direction?: FileDirection | undefined
  /** As the protocol names it: bytes, at most `PATH_BYTES_MAX` of them. */
  readonly path?: Buffer | undefined
  /** Where a rename, a link or a copy leads to. */
  readonly newPath?: Buffer | undefined
  /** Bytes of content that passed, so far. */
  readonly bytes?: number | undefined
  /** Of the content, hexadecimal; only where all of it passed, from its first byte to its last. */
  readonly sha256?: string | undefined
  /** Undefined while it goes on. */
  readonly result?: FileResult | undefined
  /** Why it failed, why there is no hash, what was set. */
  readonly note?: string | undefined
}

/** What Linux takes (PATH_MAX); a longer path is cut. */
export const PATH_BYTES_MAX = 4096
/** Characters; what peers say about their failures ends up here. */
const NOTE_LENGTH_MAX = 300

/** A path as text, and its bytes where the text does not say them exactly. */
export interface PathText {
  readonly text: string
  readonly bytes: Buffer | undefined
}

/** Invalid UTF-8 and NUL, which PostgreSQL has no text for, become U+FFFD. */
export function pathText(path: Buffer): PathText {
  const text = path.toString().replaceAll('\0', '\uFFFD')
  return { text, bytes: Buffer.from(text).equals(path) ? undefined : path }
}

/** Notes in one line; undefined where there is none. */
export function joinNotes(...notes: readonly (string | undefined)[]): string | undefined {
  return notes.filter((note) => note !== undefined && note !== '').join('; ') || undefined
}

type Encoded = Omit<FileStatement, 'path' | 'newPath'> & {
  readonly path?: string
  /** base64. */
  readonly pathBytes?: string
  readonly newPath?: string
  readonly newPathBytes?: string
}

/** Payload of a `file` event: JSON, with `pathBytes` in base64 where a path is not UTF-8. */
export function encodeFileStatement(statement: FileStatement): Buffer {
  const { path, newPath, note, ...rest } = statement
  const [from, to] = [path && pathText(path), newPath && pathText(newPath)]
  return Buffer.from(
    JSON.stringify({
      ...rest,
      path: from?.text,
      pathBytes: from?.bytes?.toString('base64'),
      newPath: to?.text,
      newPathBytes: to?.bytes?.toString('base64'),
      note: note?.slice(0, NOTE_LENGTH_MAX),
    }),
  )
}

export function decodeFileStatement(payload: Buffer): FileStatement {
  const { path, pathBytes, newPath, newPathBytes, ...rest } = JSON.parse(payload.toString()) as Encoded
  return { ...rest, path: pathOf(path, pathBytes), newPath: pathOf(newPath, newPathBytes) }
}

function pathOf(text: string | undefined, base64: string | undefined): Buffer | undefined {
  if (base64 !== undefined) return Buffer.from(base64, 'base64')
  return text === undefined ? undefined : Buffer.from(text)
}
