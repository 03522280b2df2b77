import { InvalidArgumentError } from 'commander'
import type { z } from 'zod'
import { parseTaskNumber, type TaskName } from '../access/task.ts'

/** The number of a task, in capitals or not. */
export function taskNumberArgument(text: string): TaskName {
  const name = parseTaskNumber(text)
  if (name !== undefined) return name
  throw new InvalidArgumentError('the number of a task looks like ACME-17.')
}

/** A parser of texts whose schema says in words what is expected. */
export function textArgument(schema: z.ZodType<string>): (text: string) => string {
  return (text) => {
    const parsed = schema.safeParse(text)
    if (parsed.success) return parsed.data
    throw new InvalidArgumentError(`${parsed.error.issues[0]?.message} is expected.`)
  }
}
