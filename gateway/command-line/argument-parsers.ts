import { isIP } from 'node:net'
import { InvalidArgumentError } from 'commander'
import { isNetwork } from '../access/networks.ts'
import { type FullTargetName, isClientSlug, isStaffLogin, isTargetLogin, parseFullTargetName } from '../access/names.ts'
import type { StaffRole } from '../access/staff.ts'

// What commander calls with the text of an argument: a value, or wrong usage (exit 2) with what is expected.

const roles: readonly StaffRole[] = ['admin', 'engineer', 'auditor', 'billing']

export function clientSlugArgument(text: string): string {
  if (isClientSlug(text)) return text
  throw new InvalidArgumentError('a slug is a-z, 0-9 and -, begins with a letter and has 31 characters at most.')
}

export function staffLoginArgument(text: string): string {
  if (isStaffLogin(text)) return text
  throw new InvalidArgumentError('a login is a-z, 0-9, . _ and -, begins with a letter and has 32 characters at most.')
}

export function targetArgument(text: string): FullTargetName {
  const name = parseFullTargetName(text)
  if (name !== undefined) return name
  throw new InvalidArgumentError('a target is written TARGET.CLIENT, such as web1.acme, in a-z, 0-9 and -.')
}

/** A client, or one target of it where the text has a dot. */
export function clientOrTargetArgument(text: string): { clientSlug: string; name?: string } {
  return text.includes('.') ? targetArgument(text) : { clientSlug: clientSlugArgument(text) }
}

export function targetLoginArgument(text: string): string {
  if (isTargetLogin(text)) return text
  throw new InvalidArgumentError('a login such as root or www-data is expected.')
}

export function targetLoginsArgument(text: string): readonly string[] {
  return text === '' ? [] : Array.from(new Set(text.split(',').map((login) => targetLoginArgument(login.trim()))))
}

export function rolesArgument(text: string): readonly StaffRole[] {
  const named = Array.from(new Set(text.split(',').map((role) => role.trim())))
  const known = roles.filter((role) => named.includes(role))
  if (known.length === named.length) return known
  throw new InvalidArgumentError(`roles are ${roles.join(', ')}; several are separated by commas.`)
}

/** Enough for every office and home of one person. */
const NETWORKS_MAX = 100

/** Networks and addresses; none where it says `any`. */
export function networksArgument(text: string): readonly string[] {
  if (text === 'any') return []
  const networks = Array.from(new Set(text.split(',').map((network) => network.trim().toLowerCase())))
  if (networks.length <= NETWORKS_MAX && networks.every(isNetwork)) return networks
  throw new InvalidArgumentError('addresses or networks such as 203.0.113.7,2001:db8::/64 are expected, or any.')
}

/** A name or an address; nothing that a shell, ssh or a person could read as something else. */
export function hostArgument(text: string): string {
  const name =
    /^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?$/
  if (isIP(text) !== 0 || name.test(text)) return text
  throw new InvalidArgumentError('a host name or an IP address is expected.')
}

export function portArgument(text: string): number {
  return wholeNumberArgument(1, 65_535)(text)
}

/** A parser of whole numbers from `min` to `max`, both included. */
export function wholeNumberArgument(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= max) return value
    throw new InvalidArgumentError(`a whole number from ${min} to ${max} is expected.`)
  }
}

export function emailArgument(text: string): string {
  if (/^[^\s@]+@[^\s@]+$/.test(text) && text.length <= 254) return text
  throw new InvalidArgumentError('an e-mail address is expected.')
}

/** The name of a person or a company: one line. */
export function nameArgument(text: string): string {
  const name = text.trim()
  if (name !== '' && name.length <= 200 && !/\p{Cc}/u.test(name)) return name
  throw new InvalidArgumentError('a name of one line, 200 characters at most, is expected.')
}

/** An IANA zone that this Node knows, in the spelling of IANA. */
export function zoneArgument(text: string): string {
  try {
    // A bare offset such as +03:00 has no rules for summer time, so it is no zone to bill by.
    if (!/^[+-]/.test(text)) return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone
  } catch {
    // Falls through to the one refusal.
  }
  throw new InvalidArgumentError('an IANA time zone such as Europe/Moscow is expected.')
}
