/** What a gateway says of the log of sessions: how many entries it has, and the root of the tree over them. */
export interface TreeHeadStatement {
  readonly gateway: string
  readonly size: number
  /** RFC 6962 §2.1, in hexadecimal. */
  readonly root: string
  readonly at: string
}

export function isTreeHead(
  payload: Readonly<Record<string, unknown>>,
): payload is TreeHeadStatement & Record<string, unknown> {
  const { gateway, size, root, at } = payload
  return (
    typeof gateway === 'string' &&
    typeof at === 'string' &&
    Number.isSafeInteger(size) &&
    (size as number) >= 0 &&
    typeof root === 'string' &&
    /^[0-9a-f]{64}$/.test(root)
  )
}
