/** The two parts of `web1.acme`. */
export interface FullTargetName {
  readonly name: string
  readonly clientSlug: string
}

const clientSlug = /^[a-z][a-z0-9-]{0,30}$/
const targetName = /^[a-z][a-z0-9-]{0,62}$/
const staffLogin = /^[a-z][a-z0-9._-]{0,31}$/
// What useradd takes (useradd(8), CAVEATS), with the capitals, dots and final $ that directories bring.
const targetLogin = /^[A-Za-z_][A-Za-z0-9._-]{0,30}[A-Za-z0-9._$-]?$/

/** `acme`: a-z, 0-9 and `-`, begins with a letter, 31 characters at most. */
export function isClientSlug(text: string): boolean {
  return clientSlug.test(text)
}

/** `ivan.petrov`: a-z, 0-9, `.`, `_` and `-`, begins with a letter, 32 characters at most. */
export function isStaffLogin(text: string): boolean {
  return staffLogin.test(text)
}

/** A login on a client's server, such as `root` or `www-data`; 32 characters at most. */
export function isTargetLogin(text: string): boolean {
  return targetLogin.test(text)
}

/** Takes `web1.acme` apart; undefined when it is no such name. Host names of more parts are none. */
export function parseFullTargetName(text: string): FullTargetName | undefined {
  const [name, slug, ...rest] = text.split('.')
  if (name === undefined || slug === undefined || rest.length > 0) return undefined
  if (!targetName.test(name) || !clientSlug.test(slug)) return undefined
  return { name, clientSlug: slug }
}

/** The way back: `web1.acme`. */
export function fullTargetName(target: FullTargetName): string {
  return `${target.name}.${target.clientSlug}`
}
