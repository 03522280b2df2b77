import { expect } from 'vitest'
import type { PolicyChange } from '#gateway/access/policy.ts'
import { reachable, type Reachable } from './reachable.ts'
import type { TestTerminal } from './terminal.ts'

/** A client that wants a task named for each session. ACME-1 is closed, ACME-2 and ACME-3 are open; zeta has ZETA-1. */
export interface AskingWorld extends Reachable {
  set(policy: PolicyChange): Promise<unknown>
}

/** What people type for `ssh`. */
export const namesTask = (number: string): string[] => ['-o', `SetEnv=GATEBOOK_TASK=${number}`]
export const namesReason = (words: string): string[] => ['-o', `SetEnv=GATEBOOK_REASON="${words}"`]

/** The questions that a terminal shows. */
export const ASKS_NUMBER = 'Number of the task: '
export const ASKS_NUMBER_OR_REASON = 'Number of a task, or a reason: '

export async function askingWorld(): Promise<AskingWorld> {
  const world = await reachable()
  const { clients, tasks } = world.gateway.stores
  await clients.add({ slug: 'zeta', name: 'Zeta', zone: 'UTC', language: 'en' }, 'test')
  const about = { kind: 'request', note: '', estimateMinutes: undefined, raisedAt: new Date() } as const
  for (const title of ['Old', 'Renew the certificate', '\x1b[2J\u202eMove the mail']) {
    await tasks.add({ ...about, clientSlug: 'acme', title }, 'test')
  }
  await tasks.add({ ...about, clientSlug: 'zeta', title: 'Theirs' }, 'test')
  await tasks.move({ clientSlug: 'acme', sequence: 1 }, 'close', 'test')
  return { ...world, set: (policy) => clients.set('acme', { policy }, 'test') }
}

/** Every policy of the client as `askingWorld` has it at first. */
export const ASKING = { taskRequired: true, reasonRequired: null, forward: null, typedSecrets: null } as const

/** Turns the prompt into one that nothing else prints. */
export const PROMPT = "PS1='rea''dy:'\r"

/** Waits for the shell and leaves it. */
export async function worksOn(terminal: TestTerminal, exit: number): Promise<void> {
  terminal.type(PROMPT)
  await terminal.until('ready:')
  terminal.type(`exit ${exit}\r`)
  expect(await terminal.ended).toBe(exit)
}
