import type { IMarker, Terminal } from '@xterm/headless'
import { logicalLine, textBeforeCursor } from './logical-line.ts'
import { bracketedPaste, TypedLine } from './typed-line.ts'

/** A line that somebody typed and sent, as the screen showed it. */
export interface EnteredLine {
  /** Microseconds since the session's start: when it was sent. */
  readonly atUs: number
  /** When the prompt was shown that it was typed at; undefined: typed ahead. */
  readonly promptedUs: number | undefined
  readonly text: string
  /** What stood left of it. */
  readonly prompt: string
}

/** Where a line begins: behind the prompt. */
interface Anchor {
  /** Of the row; undefined in a full screen, for which xterm makes none. */
  readonly marker: IMarker | undefined
  readonly prompt: string
  readonly screen: 'normal' | 'alternate'
}

interface Typing {
  /** Undefined: typed before the line ahead of it was done, so that nobody knows where it will be shown. */
  anchor: Anchor | undefined
  readonly typed: TypedLine
  readonly promptedUs: number
}

interface Sent extends Typing {
  readonly atUs: number
  /** What of it was shown when a line feed came in the middle. */
  partly?: { readonly text: string; readonly prompt: string }
  /** Nothing of it stood there at the first line feed: a secret, or its echo comes late. */
  isUnseen?: boolean
}

/** Enter, Ctrl+J, the keypad's Enter, and Ctrl+O, by which readline runs a line, too. */
const ENTERS = new Set(['\r', '\n', '\x1bOM', '\x0f'])
/** Ctrl+C, Ctrl+Z, Ctrl+\ and Ctrl+G give a line up. */
const GIVES_UP = new Set(['\x03', '\x1a', '\x1c', '\x07'])
/** Ctrl+L: the prompt is drawn again at the top. */
const CLEARS = '\x0c'
/** A program that took a line and showed no end of it has read it unseen. */
const UNANSWERED_US = 1_000_000
const AHEAD_MAX = 256
/** Blanks before what a shell writes at the right edge. */
const RIGHT_PROMPT = / {8,}\S.*$/u
/** Full-screen programs show text, too: only what looks like a prompt of a shell makes a command of a line there. */
const SHELL_PROMPT = /(?:[@:~/\w)\]].*[$#%>❯➜]|^[$#%>❯➜])\s*$/u
/** xterm's mode 2004. */
const BRACKETED_PASTE = 2004
/** Between the panes of tmux. */
const PANE_EDGE = '│'

/**
 * Finds the lines that were typed and sent at a terminal. Where a line begins is where the cursor stood at its first
 * key; it is read when the terminal has gone to the next row, for only then all of it is shown.
 */
export class EnteredLines {
  readonly #terminal: Terminal
  readonly #onLine: (line: EnteredLine) => void
  #typing: Typing | undefined
  /** Sent, and their end not shown yet. */
  #sent: Sent[] = []
  #shownUs = 0
  readonly #prompts = new Set<string>()

  constructor(terminal: Terminal, onLine: (line: EnteredLine) => void) {
    this.#terminal = terminal
    this.#onLine = onLine
    const cursorRow = () => terminal.buffer.active.baseY + terminal.buffer.active.cursorY
    terminal.onLineFeed(() => {
      // A line of several rows is drawn again at Enter, with line feeds.
      if (this.#sent[0]?.typed.hasRows !== true) this.#readUpTo(Math.max(cursorRow() - 1, 0))
    })
    // Shells end bracketed paste when they take a line; zsh then may go down without a line feed.
    terminal.parser.registerCsiHandler({ prefix: '?', final: 'l' }, (modes) => {
      const isBelow = terminal.buffer.active.cursorX === 0
      if (modes.includes(BRACKETED_PASTE)) this.#readUpTo(Math.max(cursorRow() - (isBelow ? 1 : 0), 0))
      return false
    })
  }

  /** Output is about to be shown. */
  showing(atUs: number): void {
    this.#shownUs = atUs
  }

  /** One key or paste. True: a line was sent. */
  press(atUs: number, key: string): boolean {
    if (key.length > 1 && bracketedPaste(key) === undefined && /[\r\n]/.test(key) && !key.startsWith('\x1b')) {
      const sent = key.match(/\r\n?|\n|[^\r\n]+/g)?.map((part) => this.press(atUs, part[0] === '\r' ? '\r' : part))
      return sent?.includes(true) === true
    }
    if (ENTERS.has(key)) return this.#send(atUs)
    if (GIVES_UP.has(key)) this.#typing = undefined
    else this.#type(atUs, key)
    return false
  }

  #type(atUs: number, key: string): void {
    const isOver = (line: Sent) => line.isUnseen === true || atUs - line.atUs > UNANSWERED_US
    if (this.#sent.every(isOver)) this.#giveUpWaiting()
    const fresh = { anchor: this.#sent.length === 0 ? this.#here() : undefined, promptedUs: this.#shownUs }
    this.#typing ??= { ...fresh, typed: new TypedLine() }
    const { anchor, typed } = this.#typing
    if (key === CLEARS && anchor !== undefined) this.#typing.anchor = { ...anchor, marker: undefined }
    else if (anchor !== undefined && !typed.hasRows && this.#hasLeft(anchor)) {
      this.#typing = { ...fresh, typed: new TypedLine() }
    }
    this.#typing.typed.press(key)
  }

  /** Whoever took these lines shows no more of them. */
  #giveUpWaiting(): void {
    for (const line of this.#sent.splice(0)) if (line.partly !== undefined) this.#tell(line, line.partly)
  }

  /** Whether the cursor stands in another line, at another prompt: what was typed before was no line. */
  #hasLeft({ marker, prompt, screen }: Anchor): boolean {
    const { active } = this.#terminal.buffer
    if (screen !== active.type) return true
    if (marker === undefined) return false
    const { first, text } = logicalLine(active, active.baseY + active.cursorY)
    const stays = !marker.isDisposed && first <= marker.line
    return !stays && (prompt.trim() === '' || !text.startsWith(prompt.trimEnd()))
  }

  #here(): Anchor {
    const { active } = this.#terminal.buffer
    return { marker: this.#terminal.registerMarker(0), prompt: textBeforeCursor(active), screen: active.type }
  }

  #send(atUs: number): boolean {
    const line = this.#typing
    this.#typing = undefined
    if (line === undefined) return true
    if (this.#terminal.buffer.active.type === 'alternate') this.#readInFullScreen({ ...line, atUs })
    else if (this.#sent.length < AHEAD_MAX) this.#sent.push({ ...line, atUs })
    return true
  }

  /** The terminal has shown the end of a line, in this row. */
  #readUpTo(row: number): void {
    const line = this.#sent[0]
    if (line === undefined || this.#terminal.buffer.active.type === 'alternate') return
    const { anchor } = line
    const isPrompted = anchor !== undefined && anchor.prompt.trim() !== ''
    const ahead = isPrompted ? undefined : this.#readAhead(line, row)
    // Other output may come between; what was typed would stand in it.
    const waits = anchor === undefined || (!isPrompted && line.typed.text !== undefined)
    const found = line.isUnseen ? this.#readTyped(line, row) : (ahead ?? (waits ? undefined : this.#read(anchor, row)))
    if (found === undefined) return
    if (found.text.trim() === '' && line.typed.text !== undefined && line.typed.text.trim() !== '') {
      line.isUnseen = true
      return
    }
    if (line.typed.text !== undefined && isBeginning(found.text, line.typed.text)) {
      line.partly = found
      return
    }
    this.#sent.shift()
    line.anchor?.marker?.dispose()
    if (found.prompt.trim() !== '') this.#prompts.add(found.prompt.trim())
    this.#tell(line, found)
  }

  /** From the anchor to the end of the line that ends in `last`; where the prompt was drawn again, from there. */
  #read({ marker, prompt }: Anchor, end: number): { text: string; prompt: string } {
    const { active } = this.#terminal.buffer
    const isFull = (row: number) => logicalLine(active, row).text.length >= this.#terminal.cols
    let last = end
    // Shells that wrap by themselves may go down over their own rows first.
    while (isFull(last) && last < active.baseY + this.#terminal.rows) last = logicalLine(active, last).last + 1
    const known = marker !== undefined && !marker.isDisposed ? marker.line : undefined
    const begin = prompt.trimEnd()
    let read = ''
    for (let row = last; row >= 0;) {
      const { first, text } = logicalLine(active, row)
      const isPrompted = begin !== '' && text.startsWith(begin)
      const isFirst = isPrompted || (known !== undefined ? first <= known : begin === '')
      read = (isFirst ? text.slice(prompt.length) : text) + read
      if (isFirst) break
      row = first - 1
      // zsh goes to the next row by itself where a row is full.
      if (!isFull(row)) read = `\n${read}`
    }
    return { text: read.trimEnd(), prompt }
  }

  /** Typed ahead: known by the prompt that is shown by now, or by its own letters. */
  #readAhead(line: Typing, row: number): { text: string; prompt: string } | undefined {
    const typed = this.#readTyped(line, row)
    if (typed !== undefined) return typed
    const { text: shown } = logicalLine(this.#terminal.buffer.active, row)
    const prompt = [...this.#prompts].findLast((each) => shown.startsWith(each))
    if (prompt === undefined) return undefined
    const text = this.#withoutRightPrompt({ text: shown.slice(prompt.length), prompt }).trim()
    return text === '' ? undefined : { text, prompt }
  }

  /** Known by its own letters, at the end of the line. */
  #readTyped({ typed }: Typing, row: number): { text: string; prompt: string } | undefined {
    const { text: shown } = logicalLine(this.#terminal.buffer.active, row)
    const text = typed.text?.trimEnd()
    if (text === undefined || text === '' || !shown.endsWith(text)) return undefined
    return { text, prompt: shown.slice(0, -text.length) }
  }

  /** At Enter: nobody can tell the end of a line from what a full-screen program draws. */
  #readInFullScreen(line: Sent): void {
    const { anchor, typed } = line
    if (anchor === undefined) return
    const prompt = anchor.prompt.slice(anchor.prompt.lastIndexOf(PANE_EDGE) + 1)
    if (!SHELL_PROMPT.test(prompt) && !this.#prompts.has(prompt.trim())) return
    const { active } = this.#terminal.buffer
    const { text: shown } = logicalLine(active, active.baseY + active.cursorY)
    if (!shown.startsWith(anchor.prompt.trimEnd())) return
    const read = shown.slice(anchor.prompt.length).split(PANE_EDGE, 1)[0] ?? ''
    // Its echo may be on the way still; what is never echoed is masked.
    const isCutShort = typed.text?.startsWith(read.trimEnd()) === true
    this.#tell(line, { text: isCutShort ? (typed.text ?? read) : read, prompt })
  }

  #tell({ atUs, typed, promptedUs, anchor }: Sent, read: { text: string; prompt: string }): void {
    const { prompt } = read
    const plain = typed.text?.trimEnd()
    const isWhole = plain !== undefined && plain !== '' && isShown(plain, read.text)
    const text = (isWhole ? plain : this.#withoutRightPrompt(read)).trimEnd()
    if (text.trim() === '' || typed.isSecret) return
    const isPrompted = anchor !== undefined && anchor.prompt.trim() !== ''
    this.#onLine({ atUs, promptedUs: isPrompted ? promptedUs : undefined, text, prompt })
  }

  #withoutRightPrompt({ text, prompt }: { text: string; prompt: string }): string {
    const reachesTheEdge = prompt.length + text.length >= this.#terminal.cols - 2 && !text.includes('\n')
    return reachesTheEdge ? text.replace(RIGHT_PROMPT, '') : text
  }
}

/** Shells that wrap by themselves go from row to row by line feeds: the rest is still to come. */
function isBeginning(shown: string, typed: string): boolean {
  return shown !== '' && shown.length < typed.trimEnd().length && typed.startsWith(shown)
}

/** Whether this is what was typed, laid out over rows, or with something at the right edge behind it. */
function isShown(typed: string, shown: string): boolean {
  const bare = (text: string) => text.replaceAll(/\s+/gu, '')
  return (shown.startsWith(typed) && shown.startsWith('  ', typed.length)) || bare(shown) === bare(typed)
}
