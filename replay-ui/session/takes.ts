import { type Accessor, createEffect, createMemo, createResource, on } from 'solid-js'
import type { KeystrokeList, KeystrokeView } from '#shared/api.ts'
import { ApiFailure } from '../api/api-failure.ts'
import { type ReplaySource, replayUrl } from '../api/gatebook-api.ts'
import { usePages } from '../pages-context.ts'
import type { Playback } from '../player/playback.ts'
import { isReady } from '../widgets/loaded.tsx'
import { type ReplayAxis, replayAxis } from './replay-axis.ts'

/** A recording and its keystrokes on the time axis they share. */
interface Take {
  readonly url: string
  readonly keystrokes: readonly KeystrokeView[]
  readonly axis: ReplayAxis
}

const noKeystrokes: KeystrokeList = { items: [], resumptions: [] }

/**
 * Fetches the keystrokes of a recording and opens it in the player; does so anew, at the same moment of the
 * session, when the pauses, the speed or what is on record change.
 */
export function createTakes(replay: {
  /** `reloads` grows each time what was recorded meanwhile is wanted. */
  readonly source: Accessor<ReplaySource & { readonly reloads: number; readonly openedMs: number }>
  readonly speed: Accessor<number>
  readonly startAtSessionS: number
  readonly playback: Playback
  readonly screen: () => HTMLElement
}) {
  const { api } = usePages()
  const { playback } = replay
  const [fetched, { refetch }] = createResource(replay.source, async (source) =>
    takeOf(source, await api.keystrokes(source)),
  )
  const failure = (): unknown => (fetched.state === 'errored' ? fetched.error : undefined)
  const forbidden = () => {
    const cause = failure()
    return cause instanceof ApiFailure && cause.problem.status === 403
  }
  // Without its keys a recording can still be watched; without the right to see either there is nothing to show.
  const take = createMemo((): Take | undefined => {
    if (isReady(fetched)) return fetched.latest
    return fetched.state === 'errored' && !forbidden() ? takeOf(replay.source(), noKeystrokes) : undefined
  })
  const sessionS = () => take()?.axis.toSessionS(playback.timeS()) ?? replay.startAtSessionS

  createEffect(
    on([take, replay.speed], ([opened, speed], before) => {
      if (opened === undefined) return
      const leftAtS = before?.[0]?.axis.toSessionS(playback.timeS()) ?? replay.startAtSessionS
      playback.open(replay.screen(), {
        url: opened.url,
        speed,
        startAtS: opened.axis.toReplayS(leftAtS),
        play: playback.playing(),
      })
    }),
  )

  return {
    keystrokes: () => take()?.keystrokes ?? noKeystrokes.items,
    /** The moment that is shown, in seconds since the session's start. */
    sessionS,
    /** Goes to a moment of the session. */
    seekSession: (toS: number) => {
      const opened = take()
      if (opened !== undefined) playback.seek(opened.axis.toReplayS(toS))
    },
    failure,
    forbidden,
    retry: () => void refetch(),
  }
}

function takeOf(source: ReplaySource & { readonly openedMs: number }, keystrokes: KeystrokeList): Take {
  const { items, resumptions } = keystrokes
  return { url: replayUrl(source), keystrokes: items, axis: replayAxis(source, resumptions) }
}
