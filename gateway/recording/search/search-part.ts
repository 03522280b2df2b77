/** What can be searched: lines that a terminal showed, commands, and what was typed. */
export const searchParts = ['output', 'commands', 'keys'] as const
export type SearchPart = (typeof searchParts)[number]
