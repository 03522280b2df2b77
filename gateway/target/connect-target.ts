import { connect } from 'node:net'
import type { TrustedHostKey } from '../access/target.ts'
import { GatewayError } from '../errors.ts'
import { hostKeyAlgorithms, offerToTarget } from '../transport/algorithms.ts'
import { disconnectReason } from '../transport/message.ts'
import type { SessionLink } from '../transport/session-link.ts'
import { Transport } from '../transport/transport.ts'
import { ClientAuthentication } from './client-authentication.ts'
import type { TargetCredentials } from './credentials.ts'
import { judgeHostKey } from './host-key-check.ts'
import { SshLink } from './ssh-link.ts'

/** TCP, key exchange and sign-in together. */
const CONNECT_MS = 15_000

export interface TargetAddress {
  /** Full name for messages, `web1.acme`. */
  readonly name: string
  readonly host: string
  readonly port: number
  readonly login: string
  /** Where the client finds the line of the support key. */
  readonly keyPage: string
  readonly trustedKeys: readonly Pick<TrustedHostKey, 'type' | 'blob'>[]
}

/**
 * Dials a target and signs in. Rejects with `target-unreachable`, `target-key-unknown`,
 * `target-key-changed` or `target-refused-key`; nothing is sent to a target whose host key is not trusted.
 */
export function connectTarget(address: TargetAddress, credentials: TargetCredentials): Promise<SessionLink> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address.host, port: address.port, noDelay: true, keepAlive: true })
    let phase: ClientAuthentication | SshLink | undefined
    let refusal: GatewayError | undefined
    const timer = setTimeout(() => socket.destroy(new Error(`no answer within ${CONNECT_MS / 1000} s`)), CONNECT_MS)
    const signedIn = () => {
      clearTimeout(timer)
      phase = new SshLink(transport)
      resolve(phase)
    }
    const transport = new Transport(
      socket,
      offerToTarget(algorithmsFor(address.trustedKeys)),
      {
        role: 'client',
        verifyHostKey(key) {
          refusal ??= judgeHostKey(address.name, address.trustedKeys, key)
          return refusal === undefined
        },
      },
      {
        secured: () => transport.requestService('ssh-userauth'),
        serviceAccepted() {
          phase = new ClientAuthentication(transport, address.login, credentials)
          phase.start()
        },
        message(payload) {
          if (phase instanceof SshLink) return phase.handle(payload)
          const outcome = phase?.handle(payload) ?? 'undecided'
          if (outcome === 'accepted') signedIn()
          if (outcome === 'refused') {
            refusal = refusedKey(address)
            transport.disconnect(disconnectReason.noMoreAuthMethods, 'no more ways to sign in')
          }
        },
        closed(cause) {
          clearTimeout(timer)
          if (phase instanceof SshLink) phase.closed()
          reject(refusal ?? unreachable(address, cause))
        },
      },
    )
  })
}

/** The trusted types first: else a target trusted by one type would show another (research/ssh2.md §8). */
function algorithmsFor(trusted: readonly Pick<TrustedHostKey, 'type'>[]): string[] {
  const isTrusted = (algorithm: string) =>
    trusted.some(({ type }) => type === algorithm || (type === 'ssh-rsa' && algorithm.startsWith('rsa-sha2-')))
  return hostKeyAlgorithms.toSorted((a, b) => Number(isTrusted(b)) - Number(isTrusted(a)))
}

function refusedKey({ name, login, keyPage }: TargetAddress): GatewayError {
  return new GatewayError(
    'target-refused-key',
    `${name} refuses the support key for ${login}: the client may have removed it`,
    `ask the client for it: the line for ~${login}/.ssh/authorized_keys is at ${keyPage}`,
  )
}

function unreachable({ name, host, port }: TargetAddress, cause: Error | undefined): GatewayError {
  const why = cause === undefined ? 'it closed the connection' : describe(cause)
  return new GatewayError(
    'target-unreachable',
    `cannot reach ${name} at ${host} port ${port}: ${why}`,
    'check that the server is up and lets the gateway in, then try again',
    cause,
  )
}

/** Node's own messages repeat the address and name the system call; people know the words of strerror. */
function describe(error: Error): string {
  const code = (error as NodeJS.ErrnoException).code
  const words: Record<string, string> = {
    ECONNREFUSED: 'connection refused',
    ENOTFOUND: 'the host name is not known',
    EHOSTUNREACH: 'no route to the host',
    ENETUNREACH: 'the network is unreachable',
    ETIMEDOUT: 'connection timed out',
    ECONNRESET: 'connection reset',
  }
  return words[code ?? ''] ?? error.message
}
