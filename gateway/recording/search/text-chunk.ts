import type { SearchPart } from './search-part.ts'

/** Lines of one channel as they are stored to be searched. */
export interface TextChunk {
  readonly part: Exclude<SearchPart, 'commands'>
  /** Counts from 0 inside the channel and part. */
  readonly number: number
  /** Lines, parted by LF; none has one inside. */
  readonly text: string
  /** Of each line, microseconds since the session's start. */
  readonly linesUs: readonly number[]
}

/** What stands in one row of the database: small enough to be compared fast, large enough to be few. */
const CHUNK_LENGTH = 4096
/** A longer line is cut. */
const LINE_MAX = 2000

/** Gathers lines into chunks. */
export class TextChunks {
  readonly #part: TextChunk['part']
  #lines: string[] = []
  #linesUs: number[] = []
  #length = 0
  #next = 0
  #done: TextChunk[] = []

  constructor(part: TextChunk['part']) {
    this.#part = part
  }

  add(atUs: number, text: string): void {
    const line = text.slice(0, LINE_MAX).replaceAll('\n', ' ').trimEnd()
    if (line === '') return
    this.#lines.push(line)
    this.#linesUs.push(atUs)
    this.#length += line.length + 1
    if (this.#length >= CHUNK_LENGTH) this.finish()
  }

  /** What is gathered is a chunk as it is. */
  finish(): void {
    if (this.#lines.length === 0) return
    this.#done.push({ part: this.#part, number: this.#next++, text: this.#lines.join('\n'), linesUs: this.#linesUs })
    this.#lines = []
    this.#linesUs = []
    this.#length = 0
  }

  /** Chunks that are complete since the last call. */
  take(): readonly TextChunk[] {
    const done = this.#done
    this.#done = []
    return done
  }
}
