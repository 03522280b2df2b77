import { and, eq, gte, isNull, lt, sql } from 'drizzle-orm'
import type { CodeHistory, CodeTry, CodeVerdict, SecondFactorStore } from '../access/second-factor.ts'
import { audit } from './audit-trail.ts'
import type { Database, Queries } from './database.ts'
import { found } from './found.ts'
import { staff } from './schema-access.ts'
import { staffTotp, totpProof } from './schema-sign-in.ts'
import { staffSubject } from './staff-store.ts'

/** Second factors in PostgreSQL; the secrets come and go sealed. */
export class PostgresSecondFactorStore implements SecondFactorStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async enrol(staffId: string, sealedSecret: Buffer, usedStep: number | undefined, actor: string): Promise<void> {
    const columns = { sealedSecret, lastStep: usedStep ?? null }
    const anew = { ...columns, enrolledAt: sql`now()`, wrongCodes: 0, lastWrongAt: null }
    await this.#database.change(async (tx) => {
      await tx
        .insert(staffTotp)
        .values({ staffId, ...columns })
        .onConflictDoUpdate({ target: staffTotp.staffId, set: anew })
      await tx.delete(totpProof).where(eq(totpProof.staffId, staffId))
      await audit(tx, { actor, action: 'second-factor.enrol', subject: await staffSubject(tx, staffId) })
    })
  }

  async remove(staffId: string, actor: string): Promise<void> {
    await this.#database.change(async (tx) => {
      const subject = await staffSubject(tx, staffId)
      const removed = await tx
        .delete(staffTotp)
        .where(eq(staffTotp.staffId, staffId))
        .returning({ of: staffTotp.staffId })
      found(removed, `second factor of ${subject.replace(/^staff:/, '')}`)
      await tx.delete(totpProof).where(eq(totpProof.staffId, staffId))
      await audit(tx, { actor, action: 'second-factor.remove', subject })
    })
  }

  async anySealedSecret(): Promise<{ staffId: string; sealedSecret: Buffer } | undefined> {
    const rows = await this.#database.read((queries) =>
      queries.select({ staffId: staffTotp.staffId, sealedSecret: staffTotp.sealedSecret }).from(staffTotp).limit(1),
    )
    return rows[0]
  }

  async wasProven(staffId: string, sourceAddress: string, since: Date): Promise<boolean> {
    const rows = await this.#database.lookUp((queries) =>
      queries
        .select({ provenAt: totpProof.provenAt })
        .from(totpProof)
        .where(and(isProofOf({ staffId, sourceAddress }), gte(totpProof.provenAt, since))),
    )
    return rows.length > 0
  }

  tryCode(
    attempt: CodeTry,
    judge: (sealedSecret: Buffer, history: CodeHistory) => CodeVerdict,
  ): Promise<CodeVerdict | undefined> {
    return this.#database.change(async (tx) => {
      const columns = { login: staff.login, sealedSecret: staffTotp.sealedSecret, ...historyColumns }
      const [row] = await tx
        .select(columns)
        .from(staffTotp)
        .innerJoin(staff, and(eq(staff.id, staffTotp.staffId), isNull(staff.disabledAt)))
        .where(eq(staffTotp.staffId, attempt.staffId))
        // Both rows: whoever tries at the same time waits, and so does whoever disables the person.
        .for('no key update')
      if (row === undefined) return undefined
      const history = { ...row, lastStep: row.lastStep ?? undefined, lastWrongAt: row.lastWrongAt ?? undefined }
      const verdict = judge(row.sealedSecret, history)
      if (verdict.verdict === 'right') await keepRight(tx, attempt, verdict.step)
      if (verdict.verdict === 'wrong') await keepWrong(tx, attempt, { ...history, subject: `staff:${row.login}` })
      return verdict
    })
  }
}

const historyColumns = {
  lastStep: staffTotp.lastStep,
  wrongCodes: staffTotp.wrongCodes,
  lastWrongAt: staffTotp.lastWrongAt,
}

async function keepRight(tx: Queries, attempt: CodeTry, step: number): Promise<void> {
  const { staffId, sourceAddress, now, rememberS } = attempt
  await tx
    .update(staffTotp)
    .set({ lastStep: step, wrongCodes: 0, lastWrongAt: null })
    .where(eq(staffTotp.staffId, staffId))
  const remembered = new Date(now.getTime() - rememberS * 1000)
  await tx.delete(totpProof).where(and(eq(totpProof.staffId, staffId), lt(totpProof.provenAt, remembered)))
  if (rememberS === 0) return
  await tx
    .insert(totpProof)
    .values({ staffId, sourceAddress, provenAt: now })
    .onConflictDoUpdate({ target: [totpProof.staffId, totpProof.sourceAddress], set: { provenAt: now } })
}

/** On the audit trail: whoever is asked for a code has the key already. */
async function keepWrong(
  tx: Queries,
  { staffId, sourceAddress, now }: CodeTry,
  { wrongCodes, subject }: CodeHistory & { readonly subject: string },
): Promise<void> {
  await tx
    .update(staffTotp)
    .set({ wrongCodes: wrongCodes + 1, lastWrongAt: now })
    .where(eq(staffTotp.staffId, staffId))
  const detail = { sourceAddress, inARow: wrongCodes + 1 }
  await audit(tx, { actor: subject, action: 'second-factor.wrong-code', subject, detail })
}

function isProofOf({ staffId, sourceAddress }: Pick<CodeTry, 'staffId' | 'sourceAddress'>) {
  return and(eq(totpProof.staffId, staffId), eq(totpProof.sourceAddress, sourceAddress))
}
