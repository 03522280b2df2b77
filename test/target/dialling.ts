import type { GatewayError } from '#gateway/errors.ts'
import type { connectTarget } from '#gateway/target/connect-target.ts'
import type { TargetCredentials } from '#gateway/target/credentials.ts'
import type { RawTarget } from '#test/harness/raw-target.ts'
import { newKey } from '#test/harness/test-key.ts'

const supportKey = newKey('ssh-ed25519')

export function credentials(password?: string): TargetCredentials {
  return { privateKey: supportKey.privateKey, publicBlob: supportKey.blob, password }
}

export const keyPage = 'https://bastion.example/clients/acme'

/** Of `web1.acme`, with the host keys that are trusted. */
export function address(target: RawTarget, trusted = [target.hostKey]) {
  const trustedKeys = trusted.map(({ type, blob }) => ({ type, blob }))
  return { name: 'web1.acme', host: '127.0.0.1', port: target.port, login: 'root', keyPage, trustedKeys }
}

/** `in`, or the code of the failure. */
export async function outcomeOf(connecting: ReturnType<typeof connectTarget>): Promise<string> {
  try {
    const link = await connecting
    link.close()
    return 'in'
  } catch (error) {
    return (error as GatewayError).code
  }
}
