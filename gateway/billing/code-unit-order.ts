/** Compares by code unit: the order of a bill, and so its sums, must not depend on the language of the machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
