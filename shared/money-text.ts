import { minorDigits } from './contract.ts'

/** An amount in minor units as people write it: `2000.50 RUB`. No float touches it. */
export function moneyText(minor: number, currency: string): string {
  return `${decimalText(minor, currency)} ${currency}`
}

/** The same without the currency, for spreadsheets. */
function decimalText(minor: number, currency: string): string {
  const digits = minorDigits(currency)
  if (digits === 0) return String(minor)
  const text = String(Math.abs(minor)).padStart(digits + 1, '0')
  return `${minor < 0 ? '-' : ''}${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** Minor units of an amount such as `2000` or `2000.5`; undefined where it is none, or finer than the currency. */
export function parseMoney(text: string, currency: string): number | undefined {
  const [, whole, part = ''] = /^(\d{1,9})(?:\.(\d{1,4}))?$/.exec(text) ?? []
  const digits = minorDigits(currency)
  if (whole === undefined || part.length > digits) return undefined
  return Number(whole + part.padEnd(digits, '0'))
}
