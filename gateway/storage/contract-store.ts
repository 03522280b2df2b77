import { and, asc, eq, gte, max } from 'drizzle-orm'
import { contractTerms } from '#shared/contract.ts'
import type { Contract, ContractStore } from '../billing/contract.ts'
import { firstDay, nextMonth } from '../billing/month-range.ts'
import { GatewayError } from '../errors.ts'
import { audit } from './audit-trail.ts'
import type { Database, Queries } from './database.ts'
import { found } from './found.ts'
import { client } from './schema-access.ts'
import { contract, statement } from './schema-billing.ts'

/** Contracts in PostgreSQL. */
export class PostgresContractStore implements ContractStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async list(slug?: string): Promise<readonly Contract[]> {
    return await this.#database.read((queries) => select(queries, slug))
  }

  enter(slug: string, { validFrom, terms }: Pick<Contract, 'validFrom' | 'terms'>, actor: string): Promise<Contract> {
    return this.#database.change(async (tx) => {
      // The lock makes a change of terms and the close of a month follow one another.
      const owners = tx.select({ id: client.id }).from(client).where(eq(client.slug, slug))
      const { id: clientId } = found(await owners.for('no key update'), `client ${slug}`)
      await refuseClosed(tx, { slug, clientId, validFrom })
      refuseMidMonth(await select(tx, slug), validFrom)
      const row = found(
        await tx.insert(contract).values({ clientId, validFrom, terms, enteredBy: actor }).returning(),
        'new contract',
      )
      await audit(tx, {
        actor,
        action: 'contract.enter',
        subject: `client:${slug}`,
        client: slug,
        detail: { validFrom, ...terms },
      })
      return { client: slug, validFrom, terms, enteredAt: row.enteredAt, enteredBy: actor }
    })
  }
}

async function select(queries: Queries, slug: string | undefined): Promise<readonly Contract[]> {
  const rows = await queries
    .select({ client: client.slug, contract })
    .from(contract)
    .innerJoin(client, eq(client.id, contract.clientId))
    .where(slug === undefined ? undefined : eq(client.slug, slug))
    .orderBy(asc(client.slug), asc(contract.validFrom), asc(contract.id))
  // Behind one another stand those for one day: the last of them holds.
  return rows.filter((row, place) => !isSameDay(row, rows[place + 1])).map(contractOfRow)
}

type Row = { readonly client: string; readonly contract: typeof contract.$inferSelect }

function isSameDay(row: Row, next: Row | undefined): boolean {
  return row.client === next?.client && row.contract.validFrom === next.contract.validFrom
}

/** Minutes must never be counted by other terms than were agreed: what cannot be read is not left out. */
function contractOfRow({ client: slug, contract: { validFrom, terms, enteredAt, enteredBy } }: Row): Contract {
  const parsed = contractTerms.safeParse(terms)
  if (parsed.success) return { client: slug, validFrom, terms: parsed.data, enteredAt, enteredBy }
  const hint = `enter it anew with: gatebook package set ${slug} --from ${validFrom}`
  throw new GatewayError('conflict', `the contract of ${slug} from ${validFrom} on cannot be read`, hint)
}

async function refuseClosed(
  tx: Queries,
  { slug, clientId, validFrom }: { readonly slug: string; readonly clientId: string; readonly validFrom: string },
): Promise<void> {
  const touched = and(eq(statement.clientId, clientId), gte(statement.month, validFrom.slice(0, 7)))
  const [row] = await tx
    .select({ closed: max(statement.month) })
    .from(statement)
    .where(touched)
  if (row === undefined || row.closed === null) return
  const earliest = firstDay(nextMonth(row.closed))
  throw new GatewayError(
    'conflict',
    `${row.closed} is closed for ${slug}`,
    `new terms can begin on ${earliest} or later`,
  )
}

/** A month is counted by one contract from its first day to its last. */
function refuseMidMonth(contracts: readonly Contract[], validFrom: string): void {
  const isFirst = contracts.every((each) => each.validFrom >= validFrom)
  if (isFirst || validFrom.endsWith('-01') || contracts.some((each) => each.validFrom === validFrom)) return
  const month = validFrom.slice(0, 7)
  throw new GatewayError(
    'bad-input',
    `a month has one contract, and ${validFrom} is inside of one`,
    `let the new terms begin on ${firstDay(month)} or ${firstDay(nextMonth(month))}`,
  )
}
