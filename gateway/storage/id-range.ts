const HEX_DIGITS = 32

/** The least and the greatest uuid, both included, that begins so; undefined where none does. */
export function idRange(beginning: string): { readonly first: string; readonly last: string } | undefined {
  const typed = beginning.toLowerCase()
  const digits = typed.replaceAll('-', '')
  if (!/^[0-9a-f]{1,32}$/.test(digits)) return undefined
  const [first, last] = [uuid(digits.padEnd(HEX_DIGITS, '0')), uuid(digits.padEnd(HEX_DIGITS, 'f'))]
  // A hyphen where a uuid has none begins none.
  return first.startsWith(typed) ? { first, last } : undefined
}

function uuid(digits: string): string {
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
