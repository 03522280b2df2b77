import { z } from 'zod'
import { computeLedger, ledgerInput } from './ledger-engine.ts'
import { computeMoney, moneyInput } from './money-engine.ts'
import { computePackage, packageInput } from './package-engine.ts'
import { computeSla, slaInput } from './sla-engine.ts'
import { computeTime } from './time-engine.ts'
import { timeInput } from './time-input.ts'
import { type CasePolicy, timePolicyInput } from './time-policy-input.ts'

/** What came of a file: an output per case, or a line per mistake with its path in the file. */
export type CaseFileResult =
  | { readonly ok: true; readonly results: readonly CaseResult[] }
  | { readonly ok: false; readonly problems: readonly string[] }

interface CaseResult {
  readonly id: string | number
  readonly output: unknown
}

const caseFile = z.object({
  policies: z.record(z.string(), z.unknown()).default({}),
  cases: z.array(z.unknown()),
})

const id = z.union([z.string(), z.number()], 'expected a string or a number')
const billingCase = z.discriminatedUnion(
  'engine',
  [
    z.object({ id, engine: z.literal('time'), policy: z.string(), input: timeInput }),
    z.object({ id, engine: z.literal('package'), input: packageInput }),
    z.object({ id, engine: z.literal('money'), input: moneyInput }),
    z.object({ id, engine: z.literal('ledger'), input: ledgerInput }),
    z.object({ id, engine: z.literal('sla'), input: slaInput }),
  ],
  { error: (issue) => (issue.code === 'invalid_union' ? 'one of time, package, money, ledger, sla' : undefined) },
)
type BillingCase = z.output<typeof billingCase>
type Policies = ReadonlyMap<string, CasePolicy | undefined>

/** Runs the billing rules on the text of a case file (`gatebook bill compute`): computes every case, or none. */
export function computeCaseFile(text: string): CaseFileResult {
  const mistakes = new Mistakes()
  const file = mistakes.parse(caseFile, readJson(text, mistakes), [])
  const cases = file?.cases.map((each, place) => mistakes.parse(billingCase, each, ['cases', place])) ?? []
  const policies = readPolicies(cases, file?.policies ?? {}, mistakes)
  if (mistakes.lines.length > 0) return { ok: false, problems: mistakes.lines }
  return { ok: true, results: cases.map((each) => ({ id: each!.id, output: compute(each!, policies) })) }
}

/** The mistakes found so far; a schema that fails gives undefined and leaves its mistakes here. */
class Mistakes {
  readonly lines: string[] = []

  parse<Schema extends z.ZodType>(schema: Schema, value: unknown, path: readonly PropertyKey[]) {
    // Nothing more is to be said of what could not be read at all.
    if (value === UNREADABLE) return undefined
    const { data, error } = schema.safeParse(value)
    for (const issue of error?.issues ?? []) this.add([...path, ...issue.path], issue.message)
    return data
  }

  add(path: readonly PropertyKey[], message: string): void {
    const line = path.length === 0 ? message : `${z.core.toDotPath(path)}: ${message}`
    this.lines.push(line.replaceAll(/\s+/g, ' '))
  }
}

const UNREADABLE = Symbol('unreadable')

function readJson(text: string, mistakes: Mistakes): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    mistakes.add([], `not JSON: ${(error as SyntaxError).message}`)
    return UNREADABLE
  }
}

/** The policies that cases of engine `time` name, each read once. */
function readPolicies(
  cases: readonly (BillingCase | undefined)[],
  inFile: Readonly<Record<string, unknown>>,
  mistakes: Mistakes,
): Policies {
  const policies = new Map<string, CasePolicy | undefined>()
  for (const [place, each] of cases.entries()) {
    if (each?.engine !== 'time') continue
    const { policy: name, input } = each
    if (!Object.hasOwn(inFile, name)) {
      mistakes.add(['cases', place, 'policy'], `no policy ${name} in this file`)
    } else if (!policies.has(name)) {
      policies.set(name, mistakes.parse(timePolicyInput, inFile[name], ['policies', name]))
    }
    if (policies.get(name)?.bands === true && input.contract === undefined) {
      mistakes.add(['cases', place, 'input', 'contract'], `needed: policy ${name} has bands`)
    }
  }
  return policies
}

function compute(each: BillingCase, policies: Policies): unknown {
  switch (each.engine) {
    case 'time':
      return computeTime(each.input, policies.get(each.policy)!)
    case 'package':
      return computePackage(each.input)
    case 'money':
      return computeMoney(each.input)
    case 'ledger':
      return computeLedger(each.input)
    case 'sla':
      return computeSla(each.input)
  }
}
