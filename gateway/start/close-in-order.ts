/** A part of the running gateway that must be closed. */
export interface Part {
  readonly name: string
  close(): Promise<void> | void
}

/**
 * Closes the doors first, then the guests, then the books: later parts outlive earlier ones. A part
 * that fails to close keeps none of the others open; the failures are returned.
 */
export async function closeInOrder(parts: readonly Part[]): Promise<readonly Error[]> {
  const failures: Error[] = []
  for (const part of parts) {
    try {
      await part.close()
    } catch (cause) {
      failures.push(new Error(`could not close ${part.name}: ${String(cause)}`, { cause }))
    }
  }
  return failures
}
