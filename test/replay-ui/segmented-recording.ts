import type { ReplayIndex, ReplaySegment } from '#shared/api.ts'

/** A recording of two seconds in three segments, small enough to know every screen of it by heart. */
export const segments: readonly ReplaySegment[] = [
  {
    snapshot: { cols: 20, rows: 4, init: '' },
    events: [
      [0, 'o', 'one '],
      [0.4, 'i', 'l'],
      [0.4, 'o', 'l'],
      [0.5, 'i', 's'],
      [0.5, 'o', 's\r\n'],
    ],
  },
  {
    snapshot: { cols: 20, rows: 4, init: 'SNAPSHOT-ONE\r\n' },
    events: [
      [0.8, 'o', 'two '],
      [1.1, 'i', '\x03'],
      [1.1, 'r', '30x5'],
      [1.2, 'o', '^C'],
    ],
  },
  {
    snapshot: { cols: 30, rows: 5, init: 'SNAPSHOT-TWO\r\n' },
    events: [
      [1.5, 'o', 'three'],
      [2, 'o', ' end'],
    ],
  },
]

/** Its index, as at `/recording/index`; the addresses of the segments are relative to that. */
export const index: ReplayIndex = {
  version: 1,
  term: { cols: 20, rows: 4 },
  duration: 2,
  markers: [],
  segments: segments.map(({ events }, number) => ({ start: events[0]?.[0] ?? 0, url: `segment/${number}` })),
}
