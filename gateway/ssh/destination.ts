import { isTargetLogin, parseFullTargetName, type FullTargetName } from '../access/names.ts'

/** Where the SSH user name says to go (product.md, "Getting in over SSH"). */
export type Destination =
  | TargetDestination
  /** No name of a target: a local name that ssh sends by default, or a typing mistake. */
  | { readonly kind: 'gateway'; readonly typed: string }

export interface TargetDestination {
  readonly kind: 'target'
  readonly target: FullTargetName
  /** Undefined: the target's own default. */
  readonly login: string | undefined
}

/**
 * Reads `web1.acme`, `root@web1.acme` and `root+web1.acme`. A login may itself hold `@` or `+` before
 * the last one.
 */
export function parseDestination(userName: string): Destination {
  const separator = Math.max(userName.lastIndexOf('@'), userName.lastIndexOf('+'))
  const target = parseFullTargetName(userName.slice(separator + 1))
  const login = separator < 0 ? undefined : userName.slice(0, separator)
  if (target === undefined || (login !== undefined && !isTargetLogin(login))) {
    return { kind: 'gateway', typed: userName }
  }
  return { kind: 'target', target, login }
}
