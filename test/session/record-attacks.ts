import { ChannelTally } from '#gateway/recording/channel-tally.ts'
import type { Keystroke } from '#gateway/recording/record-store.ts'
import { leafHash } from '#gateway/recording/seal/session-log.ts'
import { another, attacked, type Chance, eventAttacks, eventsOf, oneOf, refit } from './attacks.ts'
import type { StoredRecord, StoredSession } from './stored-record.ts'

/** What somebody with all rights on the database, and without the signing key, does to it; tells what it was. */
export function attackRecord(record: StoredRecord, chance: Chance): string {
  return oneOf(chance, [attackEvents, attackEvents, attackField, attackField, attackRows, attackRows, attackSessions])(
    record,
    chance,
  )
}

/** Events, with frames that fit; every second time everything is made to fit that needs no key. */
function attackEvents({ sessions, log }: StoredRecord, chance: Chance): string {
  const session = oneOf(chance, sessions)
  const channel = chance(session.frames.length)
  const [name, attack] = oneOf(chance, Object.entries(eventAttacks))
  const events = attacked(eventsOf(session.frames[channel]!), attack, chance)
  if (events === undefined) return `${name}, and nothing changes`
  const before = { frames: session.frames[channel]!, salts: session.salts[channel]! }
  if (chance(2) === 0) {
    session.frames[channel] = refit(channel, events, before).frames
    return `${name}, in frames that fit`
  }
  const opening = log.find(({ kind, sessionId }) => kind === 'opening' && sessionId === session.row.id)!.statement
  const refitted = refit(channel, events, { ...before, opening })
  session.frames[channel] = refitted.frames
  session.salts[channel] = refitted.salts
  try {
    recount(session, channel, refitted.head)
  } catch {
    // What the event says now cannot be read: nothing can be made of it.
  }
  return `${name}, in a chain computed anew`
}

/** All that is made of events, made of these. */
function recount(session: StoredSession, channel: number, head: Buffer): void {
  const tally = new ChannelTally(session.row.id, channel)
  for (const event of eventsOf(session.frames[channel]!)) tally.take(event)
  const { gain, runs, files } = tally.harvest()
  const { sessionId: _, lastUs: __, terminal, ...counted } = gain
  const absent = { closedUs: undefined, exitStatus: undefined, exitSignal: undefined, command: undefined }
  const row = { ...session.channels[channel]!, ...absent, ...counted, head, ...(terminal && { terminal }) }
  session.channels[channel] = row
  session.keystrokes[channel] = runs.flatMap(({ seq, fromUs, deltasUs, lengths, bytes }) => {
    let [atUs, from] = [fromUs, 0]
    return lengths.map((length, index): Keystroke => {
      atUs += deltasUs[index] ?? 0
      return { seq: seq + index, atUs, bytes: bytes.subarray(from, (from += length)) }
    })
  })
  const others = session.files.filter((file) => file.channel !== channel)
  session.files = [...others, ...files.map(({ sessionId: ___, ...file }) => file)]
  const sum = (count: (each: (typeof session.channels)[number]) => number) =>
    session.channels.reduce((total, each) => total + count(each), 0)
  const sums = {
    keystrokes: sum(({ keystrokes }) => keystrokes),
    bytesIn: sum(({ bytesIn }) => bytesIn),
    bytesOut: sum(({ bytesOut, bytesErr }) => bytesOut + bytesErr),
  }
  session.row = { ...session.row, ...sums }
}

/** Nobody signs these: they may be amended. */
const UNSEALED = new Set(['task', 'reason'])

/** One value in one row. */
function attackField({ sessions, log, heads }: StoredRecord, chance: Chance): string {
  const session = oneOf(chance, sessions)
  const channel = chance(session.channels.length)
  const lists: Record<string, unknown[]> = {
    session: [session.row],
    channel: session.channels,
    frame: session.frames[channel]!,
    salts: session.salts[channel]!,
    keystroke: session.keystrokes[channel]!,
    file: session.files,
    log,
    head: heads,
  }
  const [name, list] = oneOf(
    chance,
    Object.entries(lists).filter(([, rows]) => rows.length > 0),
  )
  const at = chance(list.length)
  const row = list[at]
  if (typeof row !== 'object' || row === null) {
    list[at] = another(chance, row)
    return `changes a ${name}`
  }
  // A frame's channel is where it stands, not what it says.
  const fields = Object.keys(row).filter((field) => !UNSEALED.has(field) && !(name === 'frame' && field === 'channel'))
  const field = oneOf(chance, fields)
  const value = another(chance, (row as Record<string, unknown>)[field])
  list[at] = { ...row, [field]: value }
  if (name === 'session') session.row = list[at] as StoredSession['row']
  if (name === 'log' && field === 'statement') return `changes a statement${fitLeaf(list[at], chance)}`
  return `changes ${field} of a ${name}`
}

function fitLeaf(entry: unknown, chance: Chance): string {
  if (chance(2) === 0) return ''
  const row = entry as { statement: string; leafHash: Buffer }
  row.leafHash = leafHash(row.statement)
  return ' and its hash'
}

/** Rows taken out, put in a second time, exchanged, or cut off from one on. */
function attackRows({ sessions, log }: StoredRecord, chance: Chance): string {
  const session = oneOf(chance, sessions)
  const channel = chance(session.channels.length)
  const lists: Record<string, { rows: Record<string, unknown>[]; key: string }> = {
    frames: { rows: rowsOf(session.frames[channel]), key: 'seq' },
    salts: { rows: rowsOf(session.salts[channel]), key: 'seq' },
    keystrokes: { rows: rowsOf(session.keystrokes[channel]), key: 'seq' },
    files: { rows: rowsOf(session.files), key: 'number' },
    'log entries': { rows: rowsOf(log), key: 'index' },
  }
  const [name, { rows, key }] = oneOf(
    chance,
    Object.entries(lists).filter(([, list]) => list.rows.length > 0),
  )
  const [at, other] = [chance(rows.length), chance(rows.length)]
  const attack = oneOf(chance, ['takes out', 'repeats', 'exchanges', 'cuts off'])
  if (attack === 'takes out') rows.splice(at, 1)
  else if (attack === 'cuts off') rows.length = at
  else if (attack === 'repeats') rows.splice(at, 0, { ...rows[at]! })
  else {
    const [one, two] = [rows[at]!, rows[other]!]
    rows[at] = { ...two, [key]: one[key] }
    rows[other] = { ...one, [key]: two[key] }
  }
  if (name === 'log entries') for (const [index, row] of rows.entries()) row.index = index
  return `${attack} ${name}`
}

/** Whole channels and sessions. */
function attackSessions({ sessions, log }: StoredRecord, chance: Chance): string {
  const at = chance(sessions.length)
  const session = sessions[at]!
  const attack = oneOf(chance, [
    'channel',
    'last channel',
    'session',
    'session with its log entries',
    'parts of another',
  ])
  if (attack === 'session' || attack === 'session with its log entries') {
    sessions.splice(at, 1)
    if (attack === 'session') return 'takes a session out'
    const others = log.filter(({ sessionId }) => sessionId !== session.row.id)
    log.splice(0, log.length, ...others.map((entry, index) => Object.assign({}, entry, { index })))
    return 'takes a session out with its log entries'
  }
  const channel = attack === 'last channel' ? session.channels.length - 1 : chance(session.channels.length)
  if (attack === 'parts of another') {
    const other = sessions[(at + 1) % sessions.length]!
    const place = channel % other.frames.length
    session.frames[channel] = other.frames[place]!
    if (chance(2) === 0) session.salts[channel] = other.salts[place]!
    return 'puts in the frames of another session'
  }
  for (const list of [session.channels, session.frames, session.salts, session.keystrokes]) list.splice(channel, 1)
  return `takes out the ${attack}`
}

function rowsOf(rows: readonly object[] | undefined): Record<string, unknown>[] {
  return (rows ?? []) as Record<string, unknown>[]
}
