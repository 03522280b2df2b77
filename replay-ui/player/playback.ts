import { createSignal, onCleanup } from 'solid-js'
import { createSegmentedPlayer, type SegmentedPlayer } from './segmented-player.ts'
import 'asciinema-player/dist/bundle/asciinema-player.css'

export interface Recording {
  /** Of the index of the segmented recording. */
  readonly url: string
  readonly speed: number
  /** Seconds on the recording's own axis. */
  readonly startAtS: number
  readonly play: boolean
}

export type Playback = ReturnType<typeof createPlayback>

/** One player at a time, with its clock as signals; times are seconds. Disposed of with its owner. */
export function createPlayback() {
  const [timeS, setTimeS] = createSignal(0)
  const [durationS, setDurationS] = createSignal<number>()
  const [playing, setPlaying] = createSignal(false)
  const [failed, setFailed] = createSignal(false)
  let player: SegmentedPlayer | undefined
  let frame = 0
  const seeker = createSeeker(async (toS) => void (await player?.seek(toS)))

  /** Opens a recording in place of the one before: the player can change neither speed nor source in flight. */
  function open(container: HTMLElement, recording: Recording): void {
    close()
    setFailed(false)
    setPlaying(recording.play)
    setTimeS(recording.startAtS)
    player = createSegmentedPlayer(recording.url, container, {
      preload: true,
      autoPlay: recording.play,
      startAt: recording.startAtS,
      poster: `npt:${recording.startAtS}`,
      speed: recording.speed,
      controls: false,
      fit: 'both',
    })
    player.addEventListener('play', () => setPlaying(true))
    player.addEventListener('pause', () => setPlaying(false))
    player.addEventListener('ended', () => setPlaying(false))
    player.addEventListener('error', () => setFailed(true))
    followClock()
  }

  /** The player does not announce its time. Its clock says 0 until its recording is loaded: that is no news. */
  function followClock(): void {
    setDurationS((known) => player?.getDuration() ?? known)
    const now = player?.getCurrentTime() ?? 0
    if (now > 0 && !seeker.busy()) setTimeS(now)
    frame = requestAnimationFrame(followClock)
  }

  function seek(toS: number): void {
    const withinS = Math.min(Math.max(toS, 0), durationS() ?? toS)
    setTimeS(withinS)
    seeker.seek(withinS).catch(() => setFailed(true))
  }

  function toggle(): void {
    const done = playing() ? player?.pause() : player?.play()
    done?.catch(() => setFailed(true))
  }

  function close(): void {
    cancelAnimationFrame(frame)
    player?.dispose()
    player = undefined
  }
  onCleanup(close)

  return { timeS, durationS, playing, failed, open, seek, toggle }
}

/** Seeks one after the other; of those asked for meanwhile, as by dragging, only the last counts. */
function createSeeker(seekNow: (toS: number) => Promise<void>) {
  let wantedS: number | undefined
  let busy = false
  async function seek(toS: number): Promise<void> {
    wantedS = toS
    if (busy) return
    busy = true
    try {
      while (wantedS !== undefined) {
        const nextS: number = wantedS
        wantedS = undefined
        await seekNow(nextS)
      }
    } finally {
      busy = false
    }
  }
  return { seek, busy: () => busy }
}
