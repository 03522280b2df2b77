/** Why a channel does not get to its target. */
export type Refusal =
  | { readonly refused: string }
  /** There is no target of that name. */
  | { readonly unknown: string }

export function isRefusal(outcome: object): outcome is Refusal {
  return 'refused' in outcome || 'unknown' in outcome
}

/** For somebody who meant that target. */
export function refusalText(why: Refusal): string {
  return 'refused' in why ? why.refused : `there is no target ${JSON.stringify(why.unknown)}`
}
