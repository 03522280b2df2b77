import type { Face } from './dialogue.ts'
import type { MenuRow } from './menu-list.ts'

/** What somebody chose in the menu. */
export type MenuChoice =
  | { readonly kind: 'connect'; readonly row: MenuRow }
  | { readonly kind: 'leave'; readonly exitStatus: number }

/** How the menu looks: full screen, or a list with numbers. */
export type MenuFace = Face<MenuChoice>
