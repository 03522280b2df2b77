import { bigint, date, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { commandSources } from '../recording/commands/found-command.ts'
import { foreignText } from './foreign-text.ts'

// Made of recordings, for finding one's way in them: can be made again, and prove nothing. Partitioned by month as
// the recordings are. Trigrams, for auditors type parts of words.

export const command = pgTable(
  'command',
  {
    month: date({ mode: 'string' }).notNull(),
    sessionId: uuid().notNull(),
    channel: integer().notNull(),
    number: integer().notNull(),
    /** Microseconds since the session's start. */
    tUs: bigint({ mode: 'number' }).notNull(),
    endedUs: bigint({ mode: 'number' }),
    text: foreignText().notNull(),
    source: text({ enum: commandSources }).notNull(),
    exitStatus: bigint({ mode: 'number' }),
    directory: foreignText(),
  },
  (table) => [
    primaryKey({ columns: [table.sessionId, table.channel, table.number, table.month] }),
    index('command_trigrams').using('gin', table.text.op('gin_trgm_ops')),
  ],
)

export const sessionText = pgTable(
  'session_text',
  {
    month: date({ mode: 'string' }).notNull(),
    sessionId: uuid().notNull(),
    channel: integer().notNull(),
    part: text({ enum: ['output', 'keys'] }).notNull(),
    number: integer().notNull(),
    /** Lines, parted by LF … */
    text: foreignText().notNull(),
    /** … each with its time, microseconds since the session's start. */
    linesUs: bigint({ mode: 'number' }).array().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.sessionId, table.channel, table.part, table.number, table.month] }),
    index('session_text_trigrams').using('gin', table.text.op('gin_trgm_ops')),
  ],
)
