import { type InputToken, createInputTokenizer, TOKEN_MAX_BYTES } from './input-tokenizer.ts'

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

/**
 * Nobody types this many bytes at once, over however slow a network: text that comes so is a paste, bracketed or
 * not, and so is what follows as many keys. It also keeps a file that somebody sends down a terminal from becoming a
 * million keys.
 */
const PASTED_AT_ONCE = 64
/** No terminal reports this much at once; what follows is shown as a paste, for nothing may be hidden behind it. */
const REPORTED_AT_ONCE = 1024
/** Keys are counted after so many bytes of what came at once. */
const STEP_BYTES = 256
const ESC = 0x1b

export function createTimedInput(): TimedInput {
  const tokenizer = createInputTokenizer()
  /** Where in the input each read began that has bytes outstanding. */
  let arrivals: { readonly from: number; readonly atUs: number }[] = []
  let received = 0
  let delivered = 0

  function arrivalOf(position: number): number {
    if ((arrivals[1]?.from ?? Infinity) <= position) {
      const next = arrivals.findIndex(({ from }) => from > position)
      arrivals = arrivals.slice(next === -1 ? -1 : next - 1)
    }
    return arrivals[0]?.atUs ?? 0
  }

  function timed(tokens: readonly InputToken[]): TimedToken[] {
    return tokens.map(({ kind, bytes }) => {
      const atUs = arrivalOf(delivered)
      delivered += bytes.length
      return { kind, bytes, atUs }
    })
  }

  /** Sequences, up to what nobody types at once; the rest is pasted. */
  function sequences(bytes: Buffer): InputToken[] {
    const tokens: InputToken[] = []
    let keys = 0
    for (let at = 0; at < bytes.length; at += STEP_BYTES) {
      const isFlood = keys >= PASTED_AT_ONCE || tokens.length >= REPORTED_AT_ONCE
      if (isFlood && tokenizer.waitingFor() !== 'paste') return [...tokens, ...pastedRest(bytes, at)]
      for (const token of tokenizer.push(bytes.subarray(at, at + STEP_BYTES))) {
        tokens.push(token)
        if (token.kind === 'key') keys++
      }
    }
    return tokens
  }

  /** With what is held: it came at once with the rest. Not with a sequence that the next read may go on with. */
  function pastedRest(bytes: Buffer, at: number): InputToken[] {
    const held = tokenizer.flush().reduce((length, token) => length + token.bytes.length, 0)
    const end = lastEscape(bytes, at)
    return [...pastes(bytes.subarray(at - held, end)), ...tokenizer.push(bytes.subarray(end))]
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
      const pasted = delivered === received ? pastedPart(bytes) : 0
      received += bytes.length
      return [...settled, ...timed([...pastes(bytes.subarray(0, pasted)), ...sequences(bytes.subarray(pasted))])]
    },

    waitingSinceUs() {
      return tokenizer.waitingFor() === 'sequence' && delivered < received ? arrivalOf(delivered) : undefined
    },
  }
}

/** How much of what came at once is a paste: nothing, or all of it but the beginning of a character at its end. */
function pastedPart(bytes: Buffer): number {
  if (bytes.length < PASTED_AT_ONCE || bytes.includes(ESC)) return 0
  let lead = bytes.length - 1
  while (lead > bytes.length - 4 && ((bytes[lead] ?? 0) & 0xc0) === 0x80) lead--
  const first = bytes[lead] ?? 0
  const whole = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1
  return bytes.length - lead < whole ? lead : bytes.length
}

/** Where a sequence may begin that the next read goes on with; the end where there is none. */
function lastEscape(bytes: Buffer, from: number): number {
  const at = bytes.subarray(Math.max(from, bytes.length - STEP_BYTES)).lastIndexOf(ESC)
  return at === -1 ? bytes.length : Math.max(from, bytes.length - STEP_BYTES) + at
}

function pastes(bytes: Buffer): InputToken[] {
  const tokens: InputToken[] = []
  for (let at = 0; at < bytes.length; at += TOKEN_MAX_BYTES) {
    tokens.push({ kind: 'paste', bytes: bytes.subarray(at, at + TOKEN_MAX_BYTES) })
  }
  return tokens
}
