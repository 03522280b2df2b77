import { createMemo } from 'solid-js'
import { showLength } from '../format/amount.ts'
import { texts } from '../texts.ts'
import { activity } from './activity.ts'
import './timeline.css'

/** A slider over the length of the replay, on a map of where keys were pressed. Times are seconds. */
export function Timeline(props: {
  timeS: number
  durationS: number
  keysAtS: readonly number[]
  onSeek: (toS: number) => void
}) {
  const path = createMemo(() => silhouette(activity(props.keysAtS, props.durationS)))
  return (
    <div class="timeline">
      <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
        <path d={path()} />
      </svg>
      <input
        type="range"
        aria-label={texts.timeline.label}
        aria-valuetext={texts.timeline.value(showLength(props.timeS * 1000), showLength(props.durationS * 1000))}
        min="0"
        max={props.durationS}
        step="any"
        // The browser cuts a value to the maximum it has at that moment, which is 0 until the length is known.
        value={props.durationS === 0 ? 0 : props.timeS}
        style={{ '--done': `${props.durationS === 0 ? 0 : (100 * props.timeS) / props.durationS}%` }}
        onInput={(event) => props.onSeek(event.currentTarget.valueAsNumber)}
      />
    </div>
  )
}

/** Steps of equal width over 0…100, as high as their share, upside down as SVG counts. */
function silhouette(shares: readonly number[]): string {
  const width = 100 / shares.length
  const steps = shares.map((share, index) => `L${index * width} ${1 - share}h${width}`)
  return `M0 1${steps.join('')}V1z`
}
