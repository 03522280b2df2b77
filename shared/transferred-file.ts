import { z } from 'zod'

/** A file that passed on a channel by scp, sftp or rsync, or what was done with one over sftp. */
export const transferredFile = z.object({
  channel: z.number().int(),
  /** Counts from 0 inside the channel. */
  number: z.number().int(),
  /** Microseconds since the session's start. */
  atUs: z.number().int(),
  endedUs: z.number().int().nullable(),
  /** `transfer` is its content passing; `unread` says that the list is not complete, and `note` why. */
  operation: z.enum([
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
  ]),
  /** Of a transfer; an upload goes to the target. */
  direction: z.enum(['upload', 'download']).nullable(),
  /** On the target; what is not UTF-8 is U+FFFD here and stands whole in `pathBytes`. */
  path: z.string().nullable(),
  /** base64; only where `path` does not say it exactly. */
  pathBytes: z.string().nullable(),
  /** Where a rename, a link or a copy leads to. */
  newPath: z.string().nullable(),
  newPathBytes: z.string().nullable(),
  /** Of content that passed. */
  bytes: z.number().int().nullable(),
  /** Hexadecimal; only where all of the content passed, from its first byte to its last. */
  sha256: z.string().nullable(),
  /** Null while it goes on. */
  result: z.enum(['ok', 'failed', 'partial', 'interrupted', 'unread']).nullable(),
  /** Why it failed, why there is no hash, what was set. */
  note: z.string().nullable(),
})
export type TransferredFileView = z.infer<typeof transferredFile>

/** GET /api/v1/sessions/{id}/files?cursor&limit, by channel and number. */
export const fileQuery = z.object({
  /** `nextCursor` of the page before. */
  cursor: z
    .string()
    .regex(/^\d{1,9}-\d{1,9}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
})
