import { reasonText, REASON_LENGTH_MAX } from '#shared/task-text.ts'
import { joinPurpose, mustSayPurpose, type Purpose, type PurposeRules, wantedPurpose } from '../access/purpose.ts'
import { formatTaskNumber, parseTaskNumber, type Task, type TaskStore } from '../access/task.ts'
import type { NamedPurpose } from './channel-requests.ts'
import { LISTED_MAX, openTasksText, quoted, wantedText, type WantedEntry } from './purpose-texts.ts'
import { explainFailure } from './refusal-texts.ts'

export interface SessionPurposeParts {
  readonly tasks: Pick<TaskStore, 'byName' | 'list'>
  /** Puts on record what the session is for from now on; undefined: it will begin with that. */
  store(purpose: Purpose): Promise<void> | undefined
  readonly log: (line: string) => void
}

/** Whether a channel may begin; `wrong` is what it names. */
export type Entry = 'open' | { readonly wrong: string } | WantedEntry

type Judged = Purpose | { readonly wrong: string }

const FREE: PurposeRules = { taskRequired: false, reasonRequired: false }

/**
 * What one session is for. Its channels share that: the first that names a task decides, and one that names another is
 * refused, because a wrong number on the record is worse than a second try.
 */
export class SessionPurpose {
  readonly #parts: SessionPurposeParts
  /** A slug. */
  readonly #client: string
  #settled: Purpose = {}
  #turn: Promise<unknown> = Promise.resolve()

  constructor(client: string, parts: SessionPurposeParts) {
    this.#client = client
    this.#parts = parts
  }

  /** What it is for by now. */
  get settled(): Purpose {
    return this.#settled
  }

  /**
   * Settles what a channel names, one channel after the other. Undefined: it names nothing new; else why the
   * channel is refused, when that is known. Never rejects.
   */
  take(named: NamedPurpose): Promise<string | undefined> | undefined {
    if (this.#saysNothingNew(named)) return undefined
    return this.#inTurn(async () => {
      const entry = await this.#take(named, FREE)
      return entry === 'open' ? undefined : 'wrong' in entry ? entry.wrong : wantedText(entry)
    }, explainFailure)
  }

  /** The same for a channel that must name enough by these rules. Never rejects. */
  enter(named: NamedPurpose, rules: PurposeRules): Promise<Entry> {
    return this.#inTurn(
      () => this.#take(named, rules),
      (error) => ({ wrong: explainFailure(error) }),
    )
  }

  /** So that nothing is asked of the database, which may be away, for what is settled. */
  #saysNothingNew({ task = '', reason = '' }: NamedPurpose): boolean {
    const settled = this.#settled
    return (task === '' || task.toUpperCase() === settled.task) && (reason === '' || reason.trim() === settled.reason)
  }

  #inTurn<Result>(step: () => Promise<Result>, trouble: (error: unknown) => Result): Promise<Result> {
    const taken = this.#turn.then(step).catch((error: unknown) => {
      this.#parts.log(`what a session is for could not be settled: ${String(error)}`)
      return trouble(error)
    })
    this.#turn = taken
    return taken
  }

  async #take(named: NamedPurpose, rules: PurposeRules): Promise<Entry> {
    const judged = await this.#judge(named)
    if ('wrong' in judged) return judged
    const joined = joinPurpose(this.#settled, judged)
    if ('clash' in joined) return { wrong: this.#contradicts(joined.clash, judged) }
    if (mustSayPurpose(rules, this.#settled) && joined.task === undefined) {
      const open = await this.#openTasks()
      const wanted = wantedPurpose(rules, joined, open.length > 0)
      if (wanted !== undefined) return { wanted, client: this.#client, open }
    }
    const stored = this.#parts.store(judged)
    // Else at once: a session that begins meanwhile must begin with it.
    if (stored !== undefined) await stored
    this.#settled = joined
    return 'open'
  }

  async #judge({ task = '', reason = '' }: NamedPurpose): Promise<Judged> {
    const number = task === '' ? undefined : await this.#judgeTask(task)
    if (number !== undefined && 'wrong' in number) return number
    if (reason === '') return number ?? {}
    const parsed = reasonText.safeParse(reason)
    if (parsed.success) return { ...number, reason: parsed.data }
    const rule = `one line of ${REASON_LENGTH_MAX} characters at most, without control characters`
    return { wrong: `GATEBOOK_REASON takes ${rule}` }
  }

  async #judgeTask(typed: string): Promise<Judged> {
    const name = parseTaskNumber(typed)
    if (name === undefined) return this.#refuse(`${quoted(typed)} is no number of a task, such as ACME-17`)
    const number = formatTaskNumber(name)
    if (number === this.#settled.task) return { task: number }
    if (name.clientSlug !== this.#client) return this.#refuse(`${number} is no task of ${this.#client}`)
    const task = await this.#parts.tasks.byName(name)
    if (task === undefined) return this.#refuse(`there is no task ${number}`)
    if (task.status === 'closed') return this.#refuse(`task ${number} is closed`)
    return { task: number }
  }

  async #refuse(why: string): Promise<{ wrong: string }> {
    return { wrong: `${why}\n${openTasksText(this.#client, await this.#openTasks())}` }
  }

  #openTasks(): Promise<readonly Task[]> {
    return this.#parts.tasks.list({ client: this.#client, status: 'open', limit: LISTED_MAX + 1 })
  }

  #contradicts(clash: keyof Purpose, named: Purpose): string {
    const [settled, other] =
      clash === 'task'
        ? [`is for ${this.#settled.task}`, named.task]
        : [`is for the reason ${quoted(this.#settled.reason ?? '')}`, 'another reason']
    return `this connection ${settled}; for ${other} make a connection of its own: ssh -o ControlPath=none`
  }
}
