import { readFile } from 'node:fs/promises'
import { parsePublicKeyFile } from '../access/public-key-line.ts'
import { GatewayError } from '../errors.ts'
import { RevokedKeys } from './revoked-keys.ts'

/** Files that say whose certificates count and what is revoked; undefined where there is none. */
export interface KeyTrustFiles {
  readonly userCaFile: string | undefined
  readonly revokedKeysFile: string | undefined
}

export interface KeyTrust {
  /** Public keys of the authorities whose certificates count, wire form in base64. */
  readonly authorities: ReadonlySet<string>
  readonly revoked: RevokedKeys
}

/**
 * Reads both files. They are read at each sign-in that needs them, as sshd does, so that a line added counts at once.
 * Throws `bad-input` where one is missing or malformed: then nobody comes in by what cannot be judged.
 */
export async function readKeyTrust({ userCaFile, revokedKeysFile }: KeyTrustFiles): Promise<KeyTrust> {
  const authorities = await parsed('GATEBOOK_USER_CA_FILE', userCaFile, parsePublicKeyFile)
  const revoked = await parsed('GATEBOOK_REVOKED_KEYS_FILE', revokedKeysFile, (text) => new RevokedKeys(text))
  return {
    authorities: new Set((authorities ?? []).map(({ blob }) => blob.toString('base64'))),
    revoked: revoked ?? new RevokedKeys(''),
  }
}

async function parsed<Result>(
  setting: string,
  file: string | undefined,
  parse: (text: string) => Result,
): Promise<Result | undefined> {
  if (file === undefined) return undefined
  try {
    return parse(await readFile(file, 'utf8'))
  } catch (cause) {
    const why = cause instanceof GatewayError ? cause.message : `it cannot be read: ${(cause as Error).message}`
    throw new GatewayError('bad-input', `${setting}: ${why}`, `mend ${file}, or unset ${setting}`, cause)
  }
}
