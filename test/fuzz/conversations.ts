import { readFileSync } from 'node:fs'

/** What one side of a connection said behind its sign-in, message by message. */
export type Conversation = readonly Buffer[]

interface Recorded {
  readonly staff: Readonly<Record<string, readonly string[]>>
  readonly target: Readonly<Record<string, readonly string[]>>
}

/** What `ssh` and `sshd` of OpenSSH 9.2 said to a gateway, as `Transport` hands it over; each with one channel, number 0. */
const recorded = JSON.parse(
  readFileSync(new URL('../fixtures/openssh-conversations.json', import.meta.url), 'utf8'),
) as Recorded

export const staffConversations = read(recorded.staff)
export const targetConversations = read(recorded.target)

function read(all: Recorded['staff']): ReadonlyMap<string, Conversation> {
  const read = (said: readonly string[]) => said.map((message) => Buffer.from(message, 'base64'))
  return new Map(Object.entries(all).map(([name, said]) => [name, read(said)]))
}
