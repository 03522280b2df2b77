import { harmless } from './cell-text.ts'
import type { MenuRow } from './menu-list.ts'

/** Whose target it is and how they stand: the line above its notes. */
export function aboutText({ client, key, packageMinutes }: MenuRow, utf8: boolean): string {
  // What is left of it is on the client's page: to count that takes longer than somebody waits for a menu.
  const agreed = packageMinutes === undefined ? '' : `, package: ${packageMinutes} min a month`
  return `${harmless(client, utf8)}, support key: ${key}${agreed}`
}
