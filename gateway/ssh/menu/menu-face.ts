import type { MenuRow } from './menu-list.ts'

/** What somebody chose in the menu. */
export type MenuChoice =
  | { readonly kind: 'connect'; readonly row: MenuRow }
  | { readonly kind: 'leave'; readonly exitStatus: number }

/** How the menu looks: full screen, or a list with numbers. Each text is written to the terminal, in order. */
export interface MenuFace {
  /** Comes up, with a message where there is one; `paint` follows. */
  show(message: string): string
  /** Takes a key by its name (`recording/key-name.ts`). */
  press(key: string): MenuChoice | undefined
  /** What has changed since the last call, in the terminal as it is now. */
  paint(): string
  /** Gives the terminal back. */
  hide(): string
}
