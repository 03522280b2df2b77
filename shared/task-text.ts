import { z } from 'zod'

/** What a terminal or a page would obey instead of showing it: controls, other line ends, marks that turn text round. */
const OBEYED = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u

/** Characters. */
export const TITLE_LENGTH_MAX = 200
export const NOTE_LENGTH_MAX = 4000
export const REASON_LENGTH_MAX = 500
export const ESTIMATE_MINUTES_MAX = 100_000

function oneLine(lengthMax: number) {
  const rule = `one line of ${lengthMax} characters at most, without control characters`
  return z
    .string()
    .trim()
    .min(1, 'some words')
    .max(lengthMax, rule)
    .refine((text) => !OBEYED.test(text), rule)
}

/** `ACME-17`: a client's slug in capitals and a number from 1 on; small letters are taken for capitals. */
export const taskNumber = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}-[1-9]\d{0,8}$/i, 'the number of a task looks like ACME-17')
  .toUpperCase()

/** What a task is called. */
export const taskTitle = oneLine(TITLE_LENGTH_MAX)

/** Why somebody works, where there is no task. */
export const reasonText = oneLine(REASON_LENGTH_MAX)

/** What else is known of a task; lines and tabs are kept. */
export const taskNote = z
  .string()
  .transform((text) => text.replaceAll(/\r\n?/g, '\n').trim())
  .refine(
    (text) => text.length <= NOTE_LENGTH_MAX && !OBEYED.test(text.replaceAll(/[\n\t]/g, '')),
    `${NOTE_LENGTH_MAX} characters at most, without control characters`,
  )

/** Minutes of work somebody expects. */
export const taskEstimate = z.number().int().min(1).max(ESTIMATE_MINUTES_MAX)

export const taskKind = z.enum(['request', 'incident'])
