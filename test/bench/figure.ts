import { percentile, ratio, type Samples } from './samples.ts'

/** One line of the result. A ratio is undefined, and left out of the line, where that peer has no such figure. */
export interface Figure {
  readonly figure: string
  readonly peer: string
  readonly value: number
  readonly unit: 'ms' | 'MB/s' | 'MB' | 'KB'
  readonly ratioToDirect: number | undefined
  readonly ratioToJump: number | undefined
  readonly repetitions: number
}

/** The figure of each peer: a percentile of its samples, 50 unless said. */
export function figures(figure: string, unit: Figure['unit'], samples: Samples, percent = 50): Figure[] {
  const [direct, jump] = [samples.get('direct'), samples.get('jump')]
  return [...samples].map(([peer, values]) => ({
    figure,
    peer,
    value: rounded(percentile(values, percent)),
    unit,
    ratioToDirect: direct && rounded(ratio(values, direct, percent)),
    ratioToJump: jump && rounded(ratio(values, jump, percent)),
    repetitions: values.length,
  }))
}

function rounded(value: number): number {
  return Number(value.toPrecision(3))
}
