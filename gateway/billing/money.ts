/** The minutes invoiced at one rate. */
export interface InvoiceLine {
  readonly minutes: number
  /** Minor units (kopecks, cents) an hour. */
  readonly rateMinorPerHour: number
}

export interface Vat {
  /** Whole percents. */
  readonly percent: number
  /** True: the rates hold it already. */
  readonly included: boolean
}

/** Amounts in minor units; gross is net and VAT together. */
export interface Invoice {
  readonly lineMinor: readonly number[]
  readonly netMinor: number
  readonly vatMinor: number
  readonly grossMinor: number
}

/** The amounts of an invoice: minutes times rate, and VAT, each rounded half up once, on the line. */
export function invoice(lines: readonly InvoiceLine[], vat: Vat): Invoice {
  const lineMinor = lines.map(({ minutes, rateMinorPerHour }) => halfUp([minutes, rateMinorPerHour], 60))
  const vatBase = vat.included ? 100 + vat.percent : 100
  const vatMinor = sum(lineMinor.map((amount) => halfUp([amount, vat.percent], vatBase)))
  const amount = sum(lineMinor)
  return vat.included
    ? { lineMinor, netMinor: amount - vatMinor, vatMinor, grossMinor: amount }
    : { lineMinor, netMinor: amount, vatMinor, grossMinor: amount + vatMinor }
}

/** The product over the divisor, rounded half up; in big integers, since the product may pass 2^53. */
function halfUp([a, b]: readonly [number, number], divisor: number): number {
  return Number((2n * BigInt(a) * BigInt(b) + BigInt(divisor)) / (2n * BigInt(divisor)))
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0)
}
