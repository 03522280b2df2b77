/** What a person who watches a channel's terminal sees happen; the event codes of asciicast v3. */
export type TerminalEvent = { readonly atUs: number } & (
  | { readonly code: 'o'; readonly text: string }
  /**
   * One key, paste or report of the terminal; without a terminal, what was read at once. `keystroke` has the bytes of
   * a key or paste.
   */
  | { readonly code: 'i'; readonly text: string; readonly keystroke: Buffer | undefined }
  | { readonly code: 'r'; readonly columns: number; readonly rows: number }
  /** `isGap`: from here on bytes are missing. */
  | { readonly code: 'm'; readonly text: string; readonly isGap?: true }
  | { readonly code: 'x'; readonly status: number }
)
