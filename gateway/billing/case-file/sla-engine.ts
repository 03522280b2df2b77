import { z } from 'zod'
import { reaction } from '../reaction.ts'
import { instant, seconds } from './notation.ts'

/** The input of engine `sla`. */
export const slaInput = z
  .object({ alert: instant, first_mark: instant, target_s: seconds })
  .refine((input) => input.alert <= input.first_mark, { path: ['first_mark'], message: 'before the alert' })

/** The reaction and whether it met the target, in the notation of the file. */
export function computeSla(input: z.output<typeof slaInput>) {
  const { reactionMs, met } = reaction(input.alert, input.first_mark, input.target_s)
  return { reaction_s: reactionMs / 1000, met }
}
