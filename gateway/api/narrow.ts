interface Wish {
  readonly client?: string | undefined
  readonly staff?: string | undefined
}

/** What was asked for inside what the reader may see; undefined when nothing is left of it. */
export function narrow<Asked extends Wish>(asked: Asked, scope: Wish | undefined): Asked | undefined {
  if (scope === undefined || clash(asked.client, scope.client) || clash(asked.staff, scope.staff)) return undefined
  return { ...asked, ...scope }
}

function clash(wished: string | undefined, allowed: string | undefined): boolean {
  return wished !== undefined && allowed !== undefined && wished !== allowed
}
