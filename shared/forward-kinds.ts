/**
 * What a channel forwards. `local-forward`: `-L` and `-D`, from staff to where the target reaches. `remote-listen`: what
 * the target listens on for `-R`, from that request to its end; `remote-forward`: one connection to it. `agent-forward`,
 * `x11-forward`: one connection of the target to the administrator's agent or display.
 */
export const forwardKinds = [
  'local-forward',
  'remote-listen',
  'remote-forward',
  'agent-forward',
  'x11-forward',
] as const

export type ForwardKind = (typeof forwardKinds)[number]

/** Of such a channel counts are on record and no content: there is nothing to replay. */
export function isForward(kind: string | null | undefined): kind is ForwardKind {
  return forwardKinds.some((each) => each === kind)
}
