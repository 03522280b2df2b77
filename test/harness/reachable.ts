import type { Target } from '#gateway/access/target.ts'
import { testGateway, type TestGateway, type TestGatewayOptions } from './gateway.ts'
import { testSshd, type TestSshd } from './sshd.ts'

/** A gateway with one target, `web1.acme`: a real sshd that trusts acme's support key and is trusted. */
export interface Reachable {
  readonly gateway: TestGateway
  readonly sshd: TestSshd
  readonly target: Target
  [Symbol.asyncDispose](): Promise<void>
}

export interface ReachableOptions extends TestGatewayOptions {
  /** Further lines of sshd_config. */
  readonly sshdConfig?: readonly string[]
}

export async function reachable({ sshdConfig = [], ...options }: ReachableOptions = {}): Promise<Reachable> {
  const sshd = await testSshd(sshdConfig)
  try {
    const gateway = await testGateway(options)
    await sshd.authorize(gateway.supportKey)
    const target = await gateway.addTarget('web1', { kind: 'ssh', host: '127.0.0.1', port: sshd.port }, sshd.login)
    await gateway.stores.targets.trust(target.id, [{ type: 'ssh-ed25519', blob: sshd.hostKey }], 'test')
    return {
      gateway,
      sshd,
      target,
      async [Symbol.asyncDispose]() {
        await gateway[Symbol.asyncDispose]()
        await sshd[Symbol.asyncDispose]()
      },
    }
  } catch (error) {
    await sshd[Symbol.asyncDispose]()
    throw error
  }
}
