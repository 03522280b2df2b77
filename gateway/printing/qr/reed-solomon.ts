/** x⁸ + x⁴ + x³ + x² + 1, the field polynomial of QR codes (ISO/IEC 18004 §7.5.2). */
const FIELD = 0x11d

/** The error correction codewords that follow `data`: the remainder of its division by the generator polynomial. */
export function errorCorrection(data: readonly number[], count: number): number[] {
  const generator = generatorPolynomial(count)
  const remainder = Array.from({ length: count }, () => 0)
  for (const codeword of data) {
    const factor = codeword ^ remainder.shift()!
    remainder.push(0)
    for (const [index, coefficient] of generator.entries()) remainder[index]! ^= product(coefficient, factor)
  }
  return remainder
}

/** (x - 2⁰)(x - 2¹)…, highest power first, without its leading 1. */
function generatorPolynomial(degree: number): number[] {
  const coefficients: number[] = Array.from({ length: degree }, (_, index) => (index === degree - 1 ? 1 : 0))
  let root = 1
  for (let i = 0; i < degree; i++) {
    for (let j = 0; j < degree; j++) {
      coefficients[j] = product(coefficients[j]!, root) ^ (coefficients[j + 1] ?? 0)
    }
    root = product(root, 2)
  }
  return coefficients
}

function product(a: number, b: number): number {
  let sum = 0
  for (let bit = 7; bit >= 0; bit--) {
    sum = (sum << 1) ^ ((sum >> 7) * FIELD)
    if (((b >> bit) & 1) === 1) sum ^= a
  }
  return sum
}
