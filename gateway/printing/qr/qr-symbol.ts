/** Rows of modules, true where dark. The quiet zone around them is not in it. */
export type QrSymbol = readonly (readonly boolean[])[]

/** While it is drawn: undefined where nothing is yet. */
type Modules = (boolean | undefined)[][]

/** Which modules a mask turns over, by row and column (ISO/IEC 18004 §7.8.2). */
const masks: readonly ((row: number, column: number) => boolean)[] = [
  (row, column) => (row + column) % 2 === 0,
  (row) => row % 2 === 0,
  (_, column) => column % 3 === 0,
  (row, column) => (row + column) % 3 === 0,
  (row, column) => (Math.floor(row / 2) + Math.floor(column / 3)) % 2 === 0,
  (row, column) => ((row * column) % 2) + ((row * column) % 3) === 0,
  (row, column) => (((row * column) % 2) + ((row * column) % 3)) % 2 === 0,
  (row, column) => (((row + column) % 2) + ((row * column) % 3)) % 2 === 0,
]
export const MASKS = masks.length

/** The symbol of a version from 1 to 6, at error correction level L, with these codewords under this mask. */
export function drawSymbol(version: number, codewords: readonly number[], mask: number): QrSymbol {
  const size = 17 + 4 * version
  const modules: Modules = Array.from({ length: size }, () => Array.from({ length: size }, () => undefined))
  drawFinders(modules)
  if (version > 1) drawAlignment(modules, size - 7)
  drawTiming(modules)
  drawFormat(modules, mask)
  drawCodewords(modules, codewords, masks[mask]!)
  return modules as boolean[][]
}

/** Three corners, each with its separator (§6.3.3, §6.3.4). */
function drawFinders(modules: Modules): void {
  const far = modules.length - 4
  for (const [row, column] of [
    [3, 3],
    [3, far],
    [far, 3],
  ] as const) {
    forSquare(4, (down, right) => {
      const ring = Math.max(Math.abs(down), Math.abs(right))
      const line = modules[row + down]
      if (line !== undefined && column + right in line) line[column + right] = ring !== 2 && ring !== 4
    })
  }
}

/** The one alignment pattern that versions 2 to 6 have (§6.3.6, Annex E). */
function drawAlignment(modules: Modules, center: number): void {
  forSquare(2, (down, right) => {
    modules[center + down]![center + right] = Math.max(Math.abs(down), Math.abs(right)) !== 1
  })
}

function forSquare(radius: number, draw: (down: number, right: number) => void): void {
  for (let down = -radius; down <= radius; down++) {
    for (let right = -radius; right <= radius; right++) draw(down, right)
  }
}

function drawTiming(modules: Modules): void {
  for (let at = 8; at < modules.length - 8; at++) modules[6]![at] = modules[at]![6] = at % 2 === 0
}

const LEVEL_L = 0b01
/** Generator of the BCH code, and what keeps the format from being all light (§7.9.1). */
const FORMAT_GENERATOR = 0b101_0011_0111
const FORMAT_MASK = 0b101_0100_0001_0010

/** Twice, around the finders, with the one module beside it that is always dark. */
function drawFormat(modules: Modules, mask: number): void {
  const data = (LEVEL_L << 3) | mask
  let remainder = data
  for (let i = 0; i < 10; i++) remainder = (remainder << 1) ^ ((remainder >> 9) * FORMAT_GENERATOR)
  const bits = ((data << 10) | remainder) ^ FORMAT_MASK
  const size = modules.length
  for (let i = 0; i < 15; i++) {
    const dark = ((bits >> i) & 1) === 1
    // Column 8 downwards and row 8 leftwards pass over the timing patterns at 6.
    if (i < 8) modules[i < 6 ? i : i + 1]![8] = modules[8]![size - 1 - i] = dark
    else modules[8]![i === 8 ? 7 : 14 - i] = modules[size - 15 + i]![8] = dark
  }
  modules[size - 8]![8] = true
}

/** In pairs of columns from the right, up and down in turn (§7.7.3); what is left over is light before the mask. */
function drawCodewords(modules: Modules, codewords: readonly number[], turns: (typeof masks)[number]): void {
  const size = modules.length
  let bit = 0
  let upward = true
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5
    for (let i = 0; i < size; i++) {
      const row = upward ? size - 1 - i : i
      for (const column of [right, right - 1]) {
        if (modules[row]![column] !== undefined) continue
        const dark = (((codewords[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1
        modules[row]![column] = dark !== turns(row, column)
        bit++
      }
    }
    upward = !upward
  }
}
