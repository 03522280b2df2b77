import type { IBufferCell, Terminal } from '@xterm/headless'

/** Colours and attributes of a cell, or of the pen. */
export type Pen = Pick<
  IBufferCell,
  | 'isBold'
  | 'isDim'
  | 'isItalic'
  | 'isUnderline'
  | 'isBlink'
  | 'isInverse'
  | 'isInvisible'
  | 'isStrikethrough'
  | 'isOverline'
  | 'isFgRGB'
  | 'isFgPalette'
  | 'getFgColor'
  | 'isBgRGB'
  | 'isBgPalette'
  | 'getBgColor'
>

/** A character set by what it makes of each character; undefined is ASCII. */
export type Charset = Readonly<Record<string, string>> | undefined

export interface CoreBuffer {
  readonly scrollTop: number
  readonly scrollBottom: number
  readonly savedX: number
  readonly savedY: number
  readonly savedCurAttrData: Pen
  readonly savedCharset: Charset
  /** Columns from 0 that hold a tab stop. */
  readonly tabs: Readonly<Record<number, boolean>>
}

type CsiHandler = (parameters: { readonly params: readonly number[]; readonly length: number }) => void

/** State of @xterm/headless 6.0.0 that its public interface leaves out; a test holds every member of it. */
export interface TerminalCore {
  readonly _inputHandler: {
    /** Parses at once, where `Terminal.write` waits for a timer. */
    parse(text: string): void
    readonly _parser: { readonly currentState: number; reset(): void }
    readonly _curAttrData: Pen
    readonly eraseInDisplay: CsiHandler
    readonly insertLines: CsiHandler
    readonly deleteLines: CsiHandler
    readonly scrollUp: CsiHandler
    readonly scrollDown: CsiHandler
    readonly repeatPrecedingCharacter: CsiHandler
    readonly cursorForwardTab: CsiHandler
    readonly cursorBackwardTab: CsiHandler
  }
  readonly _bufferService: {
    readonly buffers: { readonly normal: CoreBuffer; readonly alt: CoreBuffer; readonly active: CoreBuffer }
  }
  readonly _charsetService: {
    readonly glevel: number
    readonly charset: Charset
    readonly _charsets: readonly Charset[]
  }
  readonly coreService: { readonly isCursorHidden: boolean }
}

export function coreOf(terminal: Terminal): TerminalCore {
  return (terminal as unknown as { _core: TerminalCore })._core
}
