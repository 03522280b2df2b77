/** The bytes of one channel's streams as the text that its terminal gets. */
export interface TerminalText {
  /** A terminal was requested: from now on line ends come as the target makes them. */
  hasTerminal(): void
  input(bytes: Buffer): string
  output(bytes: Buffer): string
  stderr(bytes: Buffer): string
  notice(bytes: Buffer): string
  /** What characters that never became whole are shown as. */
  flush(): string
}

/** Joins characters over the pieces of one stream; a byte order mark is a character like others. */
function createDecoder(): TextDecoder {
  return new TextDecoder('utf-8', { ignoreBOM: true })
}

/** Without a terminal, a lone LF goes to the administrator's own terminal, which shows a new line for it. */
function createLineEnds(): (text: string) => string {
  let last = ''
  return (text) => {
    const whole = (last + text).replaceAll(/(?<!\r)\n/g, '\r\n').slice(last.length)
    last = text.endsWith('\r') ? '\r' : ''
    return whole
  }
}

export function createTerminalText(): TerminalText {
  const decoders = { input: createDecoder(), output: createDecoder(), stderr: createDecoder(), notice: createDecoder() }
  const lineEnds = { output: createLineEnds(), stderr: createLineEnds(), notice: createLineEnds() }
  let terminal = false

  function shown(stream: 'output' | 'stderr', bytes: Buffer): string {
    const text = decoders[stream].decode(bytes, { stream: true })
    return terminal ? text : lineEnds[stream](text)
  }

  return {
    hasTerminal() {
      terminal = true
    },
    input: (bytes) => decoders.input.decode(bytes, { stream: true }),
    output: (bytes) => shown('output', bytes),
    stderr: (bytes) => shown('stderr', bytes),
    notice: (bytes) => lineEnds.notice(decoders.notice.decode(bytes, { stream: true })),
    flush: () => decoders.output.decode() + decoders.stderr.decode() + decoders.notice.decode(),
  }
}
