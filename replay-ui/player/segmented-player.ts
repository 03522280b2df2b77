import { create, type Options, type Player, type Source } from 'asciinema-player'

/** What the player tells beyond its published types: its recording driver failed, for good. */
interface FailureListener {
  addEventListener(event: 'error', handler: (failure: { readonly message?: string }) => void): void
}

export type SegmentedPlayer = Player & FailureListener

/**
 * An asciinema-player over a recording that is fetched segment by segment from the index at `url`.
 * The player has this driver since 3.17 but neither documents nor types it: `test/replay-ui/player-contract.test.ts`
 * guards what the pages rely on. The caller disposes of the player.
 */
export function createSegmentedPlayer(url: string, container: HTMLElement, options: Options): SegmentedPlayer {
  const source = { driver: 'recording', format: 'segmented', url }
  return create(source as Source, container, options) as SegmentedPlayer
}
