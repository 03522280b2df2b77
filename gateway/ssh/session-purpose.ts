import { reasonText, REASON_LENGTH_MAX } from '#shared/task-text.ts'
import { joinPurpose, type Purpose } from '../access/purpose.ts'
import { formatTaskNumber, parseTaskNumber, type TaskStore } from '../access/task.ts'
import type { NamedPurpose } from './channel-requests.ts'
import { LISTED_MAX, openTasksText, quoted } from './purpose-texts.ts'
import { explainFailure } from './refusal-texts.ts'

export interface SessionPurposeParts {
  readonly tasks: Pick<TaskStore, 'byName' | 'list'>
  /** Keeps on record what the session is for from now on. */
  store(purpose: Purpose): Promise<void>
  readonly log: (line: string) => void
}

type Judged = Purpose | { readonly refused: string }

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

  /**
   * Settles what a channel names, one channel after the other. Undefined: it names nothing new; else why the
   * channel is refused, when that is known. Never rejects.
   */
  take(named: NamedPurpose): Promise<string | undefined> | undefined {
    if (this.#saysNothingNew(named)) return undefined
    const taken = this.#turn.then(() => this.#take(named)).catch((error: unknown) => this.#trouble(error))
    this.#turn = taken
    return taken
  }

  /** So that nothing is asked of the database, which may be away, for what is settled. */
  #saysNothingNew({ task = '', reason = '' }: NamedPurpose): boolean {
    const settled = this.#settled
    return (task === '' || task.toUpperCase() === settled.task) && (reason === '' || reason.trim() === settled.reason)
  }

  async #take(named: NamedPurpose): Promise<string | undefined> {
    const judged = await this.#judge(named)
    if ('refused' in judged) return judged.refused
    const joined = joinPurpose(this.#settled, judged)
    if ('clash' in joined) return this.#contradicts(joined.clash, judged)
    await this.#parts.store(judged)
    this.#settled = joined
    return undefined
  }

  async #judge({ task = '', reason = '' }: NamedPurpose): Promise<Judged> {
    const number = task === '' ? undefined : await this.#judgeTask(task)
    if (number !== undefined && 'refused' in number) return number
    if (reason === '') return number ?? {}
    const parsed = reasonText.safeParse(reason)
    if (parsed.success) return { ...number, reason: parsed.data }
    const rule = `one line of ${REASON_LENGTH_MAX} characters at most, without control characters`
    return { refused: `GATEBOOK_REASON takes ${rule}` }
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

  async #refuse(why: string): Promise<{ refused: string }> {
    const open = await this.#parts.tasks.list({ client: this.#client, status: 'open', limit: LISTED_MAX + 1 })
    return { refused: `${why}\n${openTasksText(this.#client, open)}` }
  }

  #contradicts(clash: keyof Purpose, named: Purpose): string {
    const [settled, other] =
      clash === 'task'
        ? [`is for ${this.#settled.task}`, named.task]
        : [`is for the reason ${quoted(this.#settled.reason ?? '')}`, 'another reason']
    return `this connection ${settled}; for ${other} make a connection of its own: ssh -o ControlPath=none`
  }

  #trouble(error: unknown): string {
    this.#parts.log(`what a session is for could not be settled: ${String(error)}`)
    return explainFailure(error)
  }
}
