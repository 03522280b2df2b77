import { type InputToken, createInputTokenizer } from './input-tokenizer.ts'

export interface TimedToken extends InputToken {
  /** Of its first byte, microseconds since the session's start. */
  readonly atUs: number
}

/** A tokenizer that knows when each byte came, and ends a sequence that does not go on. */
export interface TimedInput {
  /** Times never decrease from call to call. */
  input(atUs: number, bytes: Buffer): TimedToken[]
  /** It is `atUs` now: what has waited longer than `SEQUENCE_GAP_US` for its next byte is complete. */
  settle(atUs: number): TimedToken[]
  /** The input has ended. */
  flush(): TimedToken[]
  /** When the sequence began whose end is still missing; undefined when there is none. */
  waitingSinceUs(): number | undefined
}

/** A terminal writes a sequence at once; an ESC followed by nothing for this long was the key Esc. */
export const SEQUENCE_GAP_US = 50_000

export function createTimedInput(): TimedInput {
  const tokenizer = createInputTokenizer()
  /** Where in the input each read began that has bytes outstanding. */
  let arrivals: { readonly from: number; readonly atUs: number }[] = []
  let received = 0
  let delivered = 0

  function arrivalOf(position: number): number {
    const next = arrivals.findIndex(({ from }) => from > position)
    if (next !== 1) arrivals = arrivals.slice(next === -1 ? -1 : next - 1)
    return arrivals[0]?.atUs ?? 0
  }

  function timed(tokens: readonly InputToken[]): TimedToken[] {
    return tokens.map((token) => {
      const atUs = arrivalOf(delivered)
      delivered += token.bytes.length
      return { ...token, atUs }
    })
  }

  function flush(): TimedToken[] {
    return timed(tokenizer.flush())
  }

  function settle(atUs: number): TimedToken[] {
    const lastUs = arrivals.at(-1)?.atUs ?? atUs
    return tokenizer.waitingFor() === 'sequence' && atUs - lastUs > SEQUENCE_GAP_US ? flush() : []
  }

  return {
    settle,
    flush,

    input(atUs, bytes) {
      const settled = settle(atUs)
      arrivals.push({ from: received, atUs })
      received += bytes.length
      return [...settled, ...timed(tokenizer.push(bytes))]
    },

    waitingSinceUs() {
      return tokenizer.waitingFor() === 'sequence' && delivered < received ? arrivalOf(delivered) : undefined
    },
  }
}
