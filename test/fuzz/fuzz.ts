import { setTimeout as sleep } from 'node:timers/promises'
import { chanceOf } from '#test/harness/chance.ts'
import { openStage, type FuzzRun, type Holdings, type Stage, type StageOptions } from './stage.ts'
import { staffRuns } from './staff-runs.ts'
import { within } from './talking.ts'
import { targetRuns } from './target-runs.ts'

/** Neither a leak of a run nor the caches of some thousand runs: a leak of all of them. */
const RESIDENT_MB_MAX = 700
/** Beside the connections of the moment. */
const FILES_GROWTH_MAX = 20
/** A machine with other work to do holds everything up for a while; one peer must not for that long. */
const HOLD_S_MAX = 10
/** How long a gateway may take to let go of what a run left. */
const SETTLE_MS = 30_000
const LOOK_EACH = 25

/** A log line that tells of an error of ours: of JavaScript, of an assertion, or with its stack. */
const FAULT =
  /^\s+at \S|\b(Type|Range|Reference|Syntax|Assertion)Error\b|ERR_|error:0|fault of ours|is ended:|unhandled|uncaught/i
/** What the gateway says to a peer for an error of ours that it caught. */
const CAUGHT = 'a message that cannot be read'

export interface FuzzOptions extends StageOptions {
  readonly seed: number
  /** Whether another run may begin; seconds since the first one did. */
  readonly goOn: (runsPlayed: number, seconds: number) => boolean
  /** Only this run. */
  readonly only?: number | undefined
}

export interface FuzzResult {
  readonly played: number
  /** How many connections the gateway ended with a word. */
  readonly ended: number
  readonly longestHoldS: number
}

/** All ways to misbehave, played in turn. */
export const runs: readonly FuzzRun[] = [...staffRuns, ...targetRuns]

/**
 * Plays runs against a gateway, one after the other. Throws as soon as something is wrong, with the seed and the run:
 * the gateway has ended, stands, grows, logs an error or a key, forgets a session, or the work of a bystander suffers.
 */
export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const { seed, goOn, only } = options
  await using stage = await openStage(options)
  const before = await stage.holdings()
  const [first, begun] = [only ?? 0, performance.now()]
  const isNext = (number: number) =>
    only === undefined ? goOn(number, (performance.now() - begun) / 1000) : number === only
  let [number, ended, longestHoldS] = [first, 0, 0]
  let what: string[] = []
  try {
    for (; isNext(number); number++) {
      const run = runs[number % runs.length] as FuzzRun
      what = [`run ${number} of seed ${seed}: ${run.name}`]
      // One seed for each run: it can be repeated without those before it.
      const playing = run.play(stage, chanceOf(seed + number * 0x9e3779b1))
      const { done, heard } = await within(playing, 'the gateway gives no answer')
      what.push(...done, heard)
      if (heard !== '') ended++
      if (heard.includes(CAUGHT)) throw new Error('an error of ours was caught in the middle of a message')
      await check(stage)
      if (number % LOOK_EACH === LOOK_EACH - 1) longestHoldS = Math.max(longestHoldS, await look(stage, before))
    }
    longestHoldS = Math.max(longestHoldS, await look(stage, before))
    await checkRecord(stage)
    checkLog(stage)
  } catch (error) {
    const said = stage.gateway.said.slice(-20).join('\n')
    throw new Error(`${what.join('; ')}\n${String(error)}\nlog of the gateway:\n${said}`, { cause: error })
  }
  return { played: number - first, ended, longestHoldS }
}

/** After each run: the gateway lives, has nothing to say of itself, and others work on. */
async function check({ gateway, bystander }: Stage): Promise<void> {
  const end = gateway.end()
  if (end !== undefined) throw new Error(`the gateway ended: ${end}`)
  const fault = gateway.said.find((line) => FAULT.test(line))
  if (fault !== undefined) throw new Error(`the gateway logged an error: ${fault}`)
  await bystander.work()
}

/** Now and then: everything was let go. Gives the longest hold of the event loop. */
async function look(stage: Stage, before: Holdings): Promise<number> {
  const until = performance.now() + SETTLE_MS
  for (;;) {
    const now = await stage.holdings()
    if (now.longestHoldS > HOLD_S_MAX) throw new Error(`the event loop stood for ${now.longestHoldS} s`)
    if (now.residentMb > RESIDENT_MB_MAX) throw new Error(`the gateway takes ${Math.round(now.residentMb)} MB`)
    const isQuiet = now.liveSessions === 1 && now.openFiles <= before.openFiles + FILES_GROWTH_MAX
    if (isQuiet) return now.longestHoldS
    if (performance.now() > until) {
      throw new Error(`${now.liveSessions} sessions are live, and ${now.openFiles} files open, of ${before.openFiles}`)
    }
    await sleep(100)
  }
}

/** What the bystander did is on record, whole and in its order. */
async function checkRecord({ gateway, bystander }: Stage): Promise<void> {
  const [session] = JSON.parse(await gateway.command('session', 'list', '--live', '--json')) as { id: string }[]
  await bystander.leave()
  await gateway.settled()
  const exported = JSON.parse(await gateway.command('session', 'export', session?.id ?? '', '--format', 'json')) as {
    channels: { events: { kind: string; data: string }[] }[]
  }
  for (const stream of ['input', 'output']) {
    const events = (exported.channels[0]?.events ?? []).filter(({ kind }) => kind === stream)
    const recorded = Buffer.concat(events.map(({ data }) => Buffer.from(data, 'base64'))).toString()
    if (recorded !== bystander.said) throw new Error(`the ${stream} on record is not that of the bystander`)
  }
}

/** Whatever went wrong, no key of the gateway is in its log. */
function checkLog({ gateway, secrets }: Stage): void {
  const found = gateway.said.findIndex((line) => secrets.some((secret) => line.includes(secret)))
  if (found >= 0) throw new Error(`line ${found + 1} of the log has a key of the gateway`)
}
