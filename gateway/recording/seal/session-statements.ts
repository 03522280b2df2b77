import type { StatedPositions } from './positions.ts'

type Payload = Readonly<Record<string, unknown>>

/** Who works where: signed before the first byte passes. */
export interface OpeningStatement {
  readonly session: string
  readonly gateway: string
  readonly client: { readonly id: string; readonly slug: string }
  /** `name` in full, `web1.acme`. */
  readonly target: { readonly id: string; readonly name: string }
  readonly staff: { readonly id: string; readonly login: string }
  /** On the target. */
  readonly login: string
  readonly sourceAddress: string
  /** RFC 3339 in UTC with milliseconds, as all times of statements. */
  readonly startedAt: string
}

/** How far a session that goes on is recorded. */
export interface CheckpointStatement extends StatedPositions {
  readonly session: string
  readonly at: string
}

/** How a session ended, and all of its record. */
export interface ClosingStatement extends CheckpointStatement {
  /** `interrupted`: the gateway stopped in the middle of it; the record is what could be recovered. */
  readonly state: 'ended' | 'interrupted'
  readonly endedAt: string
  readonly lengthUs: number
  readonly reason: string
}

/** Which events of a channel were erased later, and why. */
export interface ErasureStatement {
  readonly session: string
  readonly channel: number
  /** Their numbers. */
  readonly events: readonly number[]
  readonly reason: string
  readonly at: string
}

export function isOpening(payload: Payload): payload is OpeningStatement & Payload {
  return (
    hasTexts(payload, 'session', 'gateway', 'login', 'sourceAddress', 'startedAt') &&
    isObject(payload.client) &&
    hasTexts(payload.client, 'id', 'slug') &&
    isObject(payload.target) &&
    hasTexts(payload.target, 'id', 'name') &&
    isObject(payload.staff) &&
    hasTexts(payload.staff, 'id', 'login')
  )
}

export function isCheckpoint(payload: Payload): payload is CheckpointStatement & Payload {
  return (
    hasTexts(payload, 'session', 'at', 'closed') &&
    isCount(payload.channels) &&
    Array.isArray(payload.open) &&
    payload.open.every(isPlace)
  )
}

export function isClosing(payload: Payload): payload is ClosingStatement & Payload {
  return (
    isCheckpoint(payload) &&
    hasTexts(payload, 'endedAt', 'reason') &&
    isCount(payload.lengthUs) &&
    (payload.state === 'ended' || payload.state === 'interrupted')
  )
}

export function isErasure(payload: Payload): payload is ErasureStatement & Payload {
  return (
    hasTexts(payload, 'session', 'reason', 'at') &&
    isCount(payload.channel) &&
    Array.isArray(payload.events) &&
    payload.events.every(isCount)
  )
}

function isPlace(value: unknown): boolean {
  return (
    Array.isArray(value) && value.length === 4 && value.slice(0, 3).every(isCount) && /^[0-9a-f]{64}$/.test(value[3])
  )
}

function hasTexts(payload: Payload, ...names: readonly string[]): boolean {
  return names.every((name) => typeof payload[name] === 'string')
}

function isObject(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
