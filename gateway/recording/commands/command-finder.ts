import type { Terminal } from '@xterm/headless'
import { type EnteredLine, EnteredLines } from './entered-lines.ts'
import { commandText, type FoundCommand } from './found-command.ts'
import { logicalLine, textBeforeCursor } from './logical-line.ts'
import { type ShellMark, watchShellMarks } from './shell-marks.ts'

type Draft = { -readonly [Key in keyof FoundCommand]: FoundCommand[Key] }

/** What shells, psql, mysql and python ask for the rest of a command with. */
const CONTINUED = /^(?:(?:[a-z]+ )*[a-z]*> ?|\s*-> ?|\s*['"`]> ?|\S*[-'"(*]> ?|\S*[-'"(*][#>] ?|\.\.\. ?)$/u
/** `ivan@web1:~/work$ `, as Debian and others set it. */
const PROMPT_DIRECTORY = /^(?:\([^()]*\) ?)*[^\s@]+@[^\s:]+:(.+?)[$#%>]\s*$/u

/**
 * Finds the commands that were given at one terminal: each line that was typed and sent, and what the shell says of
 * it where it does. A mark without a line that was sent is ignored, and one that names another command than the screen
 * shows adds to it: neither can make a command disappear.
 */
export class CommandFinder {
  readonly #terminal: Terminal
  readonly #lines: EnteredLines
  #done: FoundCommand[] = []
  readonly #ended = new WeakSet<Draft>()
  #next: number
  #nowUs = 0
  #shownUs = 0
  /** The newest command; another one, or the end, ends it. */
  #open: Draft | undefined
  /** The command that the shell said it runs. */
  #running: Draft | undefined
  #prompt = ''
  #directory: string | undefined
  /** Where the shell said that input begins. */
  #inputFrom: { readonly row: () => number | undefined; readonly before: number } | undefined
  /** A line was sent since the shell last said that it runs one. */
  #sent = false

  /** `first` is the number of the first command. */
  constructor(terminal: Terminal, first = 0) {
    this.#terminal = terminal
    this.#next = first
    this.#lines = new EnteredLines(terminal, (line) => this.#takeLine(line))
    watchShellMarks(terminal, (mark) => this.#takeMark(mark))
  }

  /** Output of this time is about to be written to the terminal. */
  showing(atUs: number): void {
    this.#nowUs = atUs
    this.#shownUs = atUs
    this.#lines.showing(atUs)
  }

  press(atUs: number, key: string): void {
    this.#nowUs = atUs
    if (this.#lines.press(atUs, key)) this.#sent = true
  }

  /** Commands that are done with since the last call. */
  take(): readonly FoundCommand[] {
    const done = this.#done
    this.#done = []
    return done
  }

  /** The channel has ended. */
  finish(): void {
    this.#end(this.#open, this.#shownUs)
    this.#end(this.#running, this.#shownUs)
    this.#open = undefined
    this.#running = undefined
  }

  #takeLine(line: EnteredLine): void {
    const open = this.#open
    if (open !== undefined && this.#continues(line)) {
      open.text = commandText(`${open.text}\n${line.text}`)
      return
    }
    this.#prompt = line.prompt
    if (open !== this.#running) this.#end(open, line.promptedUs)
    this.#open = this.#draft(line.atUs, line.text, 'screen')
    const shown = PROMPT_DIRECTORY.exec(line.prompt)?.[1]
    this.#open.directory = this.#directory ?? shown
  }

  #continues({ prompt }: EnteredLine): boolean {
    return prompt !== this.#prompt && prompt.trim() !== '' && CONTINUED.test(prompt)
  }

  #takeMark(mark: ShellMark): void {
    if (mark.kind === 'directory') this.#directory = commandText(mark.path)
    else if (mark.kind === 'input') this.#markInput()
    else if (mark.kind === 'begin') this.#begin(mark.text)
    else if (mark.kind === 'end') this.#endRunning(mark.status)
  }

  #markInput(): void {
    const marker = this.#terminal.registerMarker(0)
    this.#inputFrom = {
      row: () => (marker === undefined || marker.isDisposed ? undefined : marker.line),
      before: textBeforeCursor(this.#terminal.buffer.active).length,
    }
  }

  #begin(said: string | undefined): void {
    if (!this.#sent) return
    this.#sent = false
    const text = commandText((said ?? this.#readInput() ?? '').trimEnd())
    this.#inputFrom = undefined
    const open = this.#open?.source === 'screen' ? this.#open : undefined
    if (open === undefined && text === '') return
    this.#end(this.#running, this.#shownUs)
    if (open !== undefined && (text === '' || holds(text, open.text))) {
      open.source = 'osc'
      // What the screen showed lacks the prompts between its lines.
      if (said !== undefined) open.text = text
      this.#running = open
      return
    }
    this.#end(open, this.#nowUs)
    this.#open = this.#running = this.#draft(this.#nowUs, text, 'osc')
  }

  /** From where the shell said that input begins to the row above the cursor. */
  #readInput(): string | undefined {
    const { active } = this.#terminal.buffer
    const from = this.#inputFrom?.row()
    if (from === undefined || this.#inputFrom === undefined || active.type === 'alternate') return undefined
    const lines: string[] = []
    for (let row = from; row < active.baseY + active.cursorY;) {
      const { last, text } = logicalLine(active, row)
      lines.push(lines.length === 0 ? text.slice(this.#inputFrom.before) : text)
      row = last + 1
    }
    return lines.join('\n')
  }

  #endRunning(status: number | undefined): void {
    const running = this.#running
    if (running === undefined) return
    running.exitStatus = status
    this.#end(running, this.#nowUs)
    if (this.#open === running) this.#open = undefined
    this.#running = undefined
  }

  #draft(atUs: number, text: string, source: 'osc' | 'screen'): Draft {
    const directory = this.#directory
    const number = this.#next++
    return { number, atUs, endedUs: undefined, text: commandText(text), source, exitStatus: undefined, directory }
  }

  #end(draft: Draft | undefined, endedUs: number | undefined): void {
    if (draft === undefined || this.#ended.has(draft)) return
    this.#ended.add(draft)
    draft.endedUs = endedUs === undefined ? undefined : Math.max(endedUs, draft.atUs)
    this.#done.push(draft)
  }
}

/** Whether every line of `shown` stands in `said`: blanks apart, for a shell may lay lines out anew. */
function holds(said: string, shown: string): boolean {
  const bare = (text: string) => text.replaceAll(/\s+/gu, '')
  return shown.split('\n').every((line) => bare(said).includes(bare(line)))
}
