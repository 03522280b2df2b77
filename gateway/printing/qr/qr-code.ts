import { penalty } from './qr-penalty.ts'
import { drawSymbol, MASKS, type QrSymbol } from './qr-symbol.ts'
import { errorCorrection } from './reed-solomon.ts'

/** Codewords at error correction level L (ISO/IEC 18004 table 9), by version from 1; all blocks are of one length. */
const versions = [
  { data: 19, correction: 7, blocks: 1 },
  { data: 34, correction: 10, blocks: 1 },
  { data: 55, correction: 15, blocks: 1 },
  { data: 80, correction: 20, blocks: 1 },
  { data: 108, correction: 26, blocks: 1 },
  { data: 136, correction: 18, blocks: 2 },
] as const
/** Mode and length in byte mode take a byte and a half. */
const HEAD = 2
/** The most bytes a text may have; larger symbols do not fit a terminal of 24 rows anyway. */
export const QR_BYTES_MAX = 136 - HEAD

const BYTE_MODE = 0b0100
const PADDING = [0xec, 0x11] as const

/** The smallest QR code of a text of at most `QR_BYTES_MAX` bytes, under the mask that reads best. */
export function qrCode(text: string): QrSymbol {
  const symbols = Array.from({ length: MASKS }, (_, mask) => qrCodeUnder(mask, text))
  const penalties = symbols.map(penalty)
  return symbols[penalties.indexOf(Math.min(...penalties))]!
}

/** The same under a mask from 0 to 7. */
export function qrCodeUnder(mask: number, text: string): QrSymbol {
  const bytes = Buffer.from(text, 'utf8')
  const index = versions.findIndex(({ data }) => bytes.length + HEAD <= data)
  const version = versions[index]
  if (version === undefined) throw new RangeError(`a text of ${bytes.length} bytes fits no QR code of ours`)
  const length = version.data / version.blocks
  const data = dataCodewords(bytes, version.data)
  const blocks = Array.from({ length: version.blocks }, (_, i) => data.slice(i * length, (i + 1) * length))
  const corrections = blocks.map((block) => errorCorrection(block, version.correction))
  return drawSymbol(index + 1, [...interleaved(blocks), ...interleaved(corrections)], mask)
}

/** Mode, length, bytes and the terminator, each four bits off the bytes; then padding. */
function dataCodewords(bytes: Buffer, capacity: number): number[] {
  const hex = `${BYTE_MODE.toString(16)}${Buffer.of(bytes.length).toString('hex')}${bytes.toString('hex')}0`
  const codewords = [...Buffer.from(hex, 'hex')]
  const rest = capacity - codewords.length
  return [...codewords, ...Array.from({ length: rest }, (_, i) => PADDING[i % 2]!)]
}

function interleaved(blocks: readonly (readonly number[])[]): number[] {
  return blocks[0]!.flatMap((_, i) => blocks.map((block) => block[i]!))
}
