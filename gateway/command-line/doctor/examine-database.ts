import type { Clock } from '../../clock.ts'
import type { Config } from '../../config.ts'
import { GatewayError } from '../../errors.ts'
import type { DatabaseFacts, Examination } from './examination.ts'
import { fail, type Finding, ok, warn } from './finding.ts'

/** PostgreSQL 14.0, the oldest we run on (design.md). */
const OLDEST_VERSION = 140_000
/** Milliseconds between the two wall clocks; past it, what people read in the record is wrong. */
const CLOCK_TOLERANCE_MS = 2000

/** The database: is it there, is it new enough, is its schema ours, and does its clock agree with this machine's? */
export async function examineDatabase(
  config: Config,
  examination: Examination,
  clock: Clock,
): Promise<{ findings: readonly Finding[]; usable: boolean }> {
  try {
    const before = clock.now().getTime()
    const facts = await examination.database(config)
    const after = clock.now().getTime()
    const clockFinding = clockOf(facts.now.getTime(), before, after)
    const findings = [versionOf(config, facts), schemaOf(facts), searchOf(facts), clockFinding]
    return { findings, usable: facts.pendingMigrations === 0 && findings[0]!.state !== 'fail' }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    const advice = error.hint ?? 'check that PostgreSQL runs and that DATABASE_URL points to it'
    return { findings: [fail('database', error.message, advice)], usable: false }
  }
}

function versionOf(config: Config, facts: DatabaseFacts): Finding {
  const version = `${Math.floor(facts.serverVersion / 10_000)}.${facts.serverVersion % 10_000}`
  const whose = config.databaseUrl === undefined ? 'embedded PostgreSQL' : 'PostgreSQL'
  if (facts.serverVersion >= OLDEST_VERSION) return ok('database', `${whose} ${version}`)
  return fail('database', `${whose} ${version} is too old`, 'use PostgreSQL 14 or newer')
}

function schemaOf(facts: DatabaseFacts): Finding {
  const pending = facts.pendingMigrations
  if (pending === 0) return ok('schema', 'up to date')
  if (pending < 0) return fail('schema', 'a newer gatebook made it', 'run the newer gatebook')
  return warn(
    'schema',
    `${pending} ${pending === 1 ? 'migration is' : 'migrations are'} not applied yet`,
    'run: gatebook migrate (gatebook start does it too)',
  )
}

function searchOf({ trigrams }: DatabaseFacts): Finding {
  switch (trigrams) {
    case 'created':
      return ok('search', 'the extension pg_trgm is there')
    case 'can-create':
      return ok('search', 'gatebook start makes the extension pg_trgm')
    case 'may-not-create':
      return fail(
        'search',
        'we may not create the extension pg_trgm',
        'as a superuser, in this database: CREATE EXTENSION pg_trgm',
      )
    case 'not-installed':
      return fail(
        'search',
        'PostgreSQL lacks the extension pg_trgm',
        'install its contrib package, such as postgresql-contrib',
      )
  }
}

/** The database read its clock at some moment between `before` and `after`. */
function clockOf(theirs: number, before: number, after: number): Finding {
  const apart = theirs < before ? before - theirs : Math.max(0, theirs - after)
  if (apart <= CLOCK_TOLERANCE_MS) return ok('clock', 'agrees with that of the database')
  const seconds = Math.round(apart / 1000)
  return warn('clock', `${seconds} s apart from that of the database`, 'let NTP set both clocks')
}
