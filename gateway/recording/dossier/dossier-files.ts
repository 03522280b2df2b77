import type { LoggedStatement } from '../seal/key-ring.ts'
import { readStatement } from '../seal/statement.ts'

/*
 * What a dossier is made of (RECORD-FORMAT.md, "A dossier"): the files of a ZIP archive, in this order. JSON stands
 * there as it is rendered here, so that a document is the same one, byte by byte, or another one.
 */
export const README = 'README.txt'
export const VERIFIER = 'verify.mjs'
export const KEYS = 'keys.json'
export const LOG = 'log.json'
export const SESSION = 'session.json'

/** Of everything in a dossier but the statements, which name a format of their own. */
export const DOSSIER_FORMAT = 1

export function saltsName(channel: number): string {
  return `channels/${channel}/salts`
}

/** Frames of a channel are cut into files, numbered from 0. */
export function framesName(channel: number, part: number): string {
  return `channels/${channel}/frames-${part}`
}

/** A statement, and what proves its place in the log of sessions under the head of the dossier (RFC 6962 §2.1.1). */
export interface ProvenStatement extends LoggedStatement {
  /** Hexadecimal. */
  readonly proof: readonly string[]
}

/** `log.json`: what is signed of the session. */
export interface DossierLog {
  /** The signed head of the log of sessions that everything is proven under. */
  readonly head: string
  /** Opening, erasures, closing, in order. */
  readonly statements: readonly ProvenStatement[]
  /** Of a session that went on when it was exported, or was interrupted; null of one that ended. */
  readonly checkpoint: string | null
}

export function renderLog({ head, statements, checkpoint }: DossierLog): string {
  return render({ format: DOSSIER_FORMAT, head, statements: statements.map(proven), checkpoint })
}

/** `keys.json`: every key of the gateways that signed something here, readable for people, too. */
export function renderKeys(keys: readonly ProvenStatement[]): string {
  return render({
    format: DOSSIER_FORMAT,
    keys: keys.map((each) => {
      const { gateway, key, at } = readStatement(each.statement)?.payload ?? {}
      return { gateway, key, at, ...proven(each) }
    }),
  })
}

/** Undefined for another text than `renderLog` gives. */
export function parseLog(text: string): DossierLog | undefined {
  const { head, statements, checkpoint } = parseObject(text)
  if (typeof head !== 'string' || !isProvenList(statements)) return undefined
  if (checkpoint !== null && typeof checkpoint !== 'string') return undefined
  const log = { head, statements, checkpoint }
  return renderLog(log) === text ? log : undefined
}

/** Undefined for another text than `renderKeys` gives. */
export function parseKeys(text: string): readonly ProvenStatement[] | undefined {
  const { keys } = parseObject(text)
  return isProvenList(keys) && renderKeys(keys) === text ? keys : undefined
}

/** A document as it stands in a dossier. */
export function render(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}

/** Without members where it is no JSON object. */
export function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

function proven({ index, statement, proof }: ProvenStatement): ProvenStatement {
  return { index, statement, proof }
}

function isProvenList(value: unknown): value is readonly ProvenStatement[] {
  return Array.isArray(value) && value.every(isProven)
}

function isProven(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { index, statement, proof } = value as Record<string, unknown>
  return (
    Number.isSafeInteger(index) &&
    (index as number) >= 0 &&
    typeof statement === 'string' &&
    Array.isArray(proof) &&
    proof.every((hash) => typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash))
  )
}
