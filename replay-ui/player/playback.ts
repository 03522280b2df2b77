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
  let seeker: Seeker | undefined
  let frame = 0

  /** Opens a recording in place of the one before: the player can change neither speed nor source in flight. */
  function open(container: HTMLElement, recording: Recording): void {
    close()
    setFailed(false)
    setPlaying(recording.play)
    setTimeS(recording.startAtS)
    const opened = createSegmentedPlayer(recording.url, container, {
      preload: true,
      startAt: recording.startAtS,
      speed: recording.speed,
      controls: false,
      fit: 'both',
    })
    opened.addEventListener('play', () => setPlaying(true))
    opened.addEventListener('pause', () => setPlaying(false))
    opened.addEventListener('ended', () => setPlaying(false))
    opened.addEventListener('error', () => setFailed(true))
    player = opened
    seeker = createSeeker(opened)
    // `startAt` chooses the segment that is loaded; only a seek draws its screen. (A poster would too, but the
    // player clears the screen of a poster when it begins to play, and does not draw it again.)
    const drawn = seeker.seek(recording.startAtS)
    run(recording.play ? drawn.then(() => opened.play()) : drawn)
    followClock()
  }

  /** The player does not announce its time. Its clock says 0 until its recording is loaded: that is no news. */
  function followClock(): void {
    setDurationS((known) => player?.getDuration() ?? known)
    const now = player?.getCurrentTime() ?? 0
    if (now > 0 && seeker?.busy() === false) setTimeS(now)
    frame = requestAnimationFrame(followClock)
  }

  function seek(toS: number): void {
    const withinS = Math.min(Math.max(toS, 0), durationS() ?? toS)
    setTimeS(withinS)
    run(seeker?.seek(withinS))
  }

  function toggle(): void {
    run(playing() ? player?.pause() : player?.play())
  }

  /** What the player of another recording says any more is of no interest. */
  function run(command: Promise<unknown> | undefined): void {
    const asked = player
    command?.catch(() => {
      if (asked === player) setFailed(true)
    })
  }

  function close(): void {
    cancelAnimationFrame(frame)
    player?.dispose()
    player = undefined
  }
  onCleanup(close)

  return { timeS, durationS, playing, failed, open, seek, toggle }
}

type Seeker = ReturnType<typeof createSeeker>

/** Seeks one after the other; of those asked for meanwhile, as by dragging, only the last counts. */
function createSeeker(player: SegmentedPlayer) {
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
        await player.seek(nextS)
      }
    } finally {
      busy = false
    }
  }
  return { seek, busy: () => busy }
}
