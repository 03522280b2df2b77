import { createHmac, timingSafeEqual } from 'node:crypto'

/** RFC 6238 with what every authenticator app takes for granted: HMAC-SHA-1, 6 digits, steps of 30 s from 1970. */
const STEP_MS = 30_000
const DIGITS = 6
/** RFC 6238 §5.2: clocks that disagree, and people who type slowly. */
const STEPS_AROUND = [-1, 0, 1] as const

/** Bytes of a secret; RFC 4226 §4 recommends 160 bits. */
export const TOTP_SECRET_BYTES = 20

/** The code of a step, six digits with leading zeros. */
export function totpCode(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', secret).update(counter).digest()
  // RFC 4226 §5.3, dynamic truncation.
  const number = mac.readUInt32BE(mac.at(-1)! & 0x0f) & 0x7fff_ffff
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0')
}

/** The number of the step at a time. */
export function totpStep(now: Date): number {
  return Math.floor(now.getTime() / STEP_MS)
}

/**
 * The step whose code was typed, of the running one and those beside it; undefined where it is the code of none.
 * Blanks are passed over: apps show `123 456`. Takes as long for a wrong code as for a right one.
 */
export function stepOfCode(secret: Uint8Array, typed: string, now: Date): number | undefined {
  const code = typed.slice(0, 64).replaceAll(/\s/g, '')
  if (!/^\d{6}$/.test(code)) return undefined
  const running = totpStep(now)
  const steps = STEPS_AROUND.map((around) => running + around)
  const same = steps.map((step) => timingSafeEqual(Buffer.from(totpCode(secret, step)), Buffer.from(code)))
  return steps[same.indexOf(true)]
}
