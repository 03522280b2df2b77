import { locale } from '../texts.ts'

/** `0:07`, `12:31` or `1:02:03`, as a clock of a recording shows it. */
export function showLength(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const padded = (n: number) => String(n).padStart(2, '0')
  return h > 0 ? `${h}:${padded(m)}:${padded(s)}` : `${m}:${padded(s)}`
}

/** `812 B`, `4.2 kB`, `17 MB`: in thousands, with a decimal below ten. */
export function showBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = units.shift()
  // What would round to 1000 belongs to the next unit.
  while (value >= 999.5 && units.length > 0) {
    value /= 1000
    unit = units.shift()
  }
  return `${value >= 9.95 || unit === 'B' ? Math.round(value) : value.toFixed(1)} ${unit}`
}

/** `12,345` */
export function showCount(count: number): string {
  return count.toLocaleString(locale)
}
