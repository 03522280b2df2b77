import { fingerprint } from '../access/fingerprint.ts'
import type { TrustedHostKey } from '../access/target.ts'
import { GatewayError } from '../errors.ts'

/** Judges the host key a target shows against those trusted; undefined means it is one of them. */
export function judgeHostKey(
  targetName: string,
  trusted: readonly Pick<TrustedHostKey, 'blob'>[],
  shown: Buffer,
): GatewayError | undefined {
  if (trusted.some((key) => key.blob.equals(shown))) return undefined
  const prints = trusted.map((key) => fingerprint(key.blob)).join(', ')
  if (trusted.length === 0) {
    return new GatewayError(
      'target-key-unknown',
      `the host key of ${targetName} is not trusted yet: it shows ${fingerprint(shown)}`,
      `an administrator compares it with what the client sees on the server, then runs: gatebook target trust ${targetName}`,
    )
  }
  return new GatewayError(
    'target-key-changed',
    `the host key of ${targetName} has changed: it shows ${fingerprint(shown)}, trusted is ${prints}`,
    `somebody may be in between: ask the client; if the server was set up anew, an administrator runs: gatebook target trust ${targetName}`,
  )
}
