import { create, type Player, type Source } from 'asciinema-player'

/**
 * An asciinema-player over server-sent events from `url` (`shared/live.ts`), without the buffer by which it evens out
 * delays: whoever watches wants to see it now. The player has this driver but does not type it. The caller disposes of
 * the player.
 */
export function createLivePlayer(url: string, container: HTMLElement): Player {
  const source = { driver: 'eventsource', url, bufferTime: 0 }
  return create(source as unknown as Source, container, { autoPlay: true, controls: false, fit: 'both' })
}
