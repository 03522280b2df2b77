/** `2026-11-23 12:04:11Z` for people, from RFC 3339; `-` where there is none. */
export function shortInstant(instant: string | null): string {
  return instant === null ? '-' : `${instant.slice(0, 10)} ${instant.slice(11, 19)}Z`
}

/** `1:02:03` from milliseconds, rounded down to seconds. */
export function shortLength(lengthMs: number): string {
  const seconds = Math.floor(lengthMs / 1000)
  const twoDigits = (value: number) => String(value).padStart(2, '0')
  return `${Math.floor(seconds / 3600)}:${twoDigits(Math.floor(seconds / 60) % 60)}:${twoDigits(seconds % 60)}`
}

/** `2:03.000125` (minutes, seconds, microseconds) from microseconds since the start of a session. */
export function preciseOffset(atUs: number): string {
  const minutes = Math.floor(atUs / 60_000_000)
  return `${minutes}:${((atUs % 60_000_000) / 1_000_000).toFixed(6).padStart(9, '0')}`
}
