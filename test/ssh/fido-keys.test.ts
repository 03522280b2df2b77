import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { uint32, wireMessage } from '#gateway/transport/wire.ts'
import { newFidoKey, type FidoKey, type FidoTouch } from '#test/harness/fido-key.ts'
import { testGateway, type TestGateway } from '#test/harness/gateway.ts'
import { trySigningIn } from '#test/harness/raw-client.ts'

let gateway: TestGateway
const keys = [newFidoKey('sk-ssh-ed25519@openssh.com'), newFidoKey('sk-ecdsa-sha2-nistp256@openssh.com')]
const elsewhere = newFidoKey('sk-ssh-ed25519@openssh.com', 'ssh:work')

beforeAll(async () => {
  gateway = await testGateway()
  for (const { type, blob } of [...keys, elsewhere]) {
    await gateway.stores.staff.addKey(gateway.staff.id, { type, blob, comment: '' }, 'test')
  }
})
afterAll(() => gateway[Symbol.asyncDispose]())

/** Whether the gateway lets somebody in by this proof. */
async function isLetIn(key: Pick<FidoKey, 'algorithm' | 'blob'>, prove: (data: Buffer) => Buffer): Promise<boolean> {
  return (await trySigningIn(gateway.sshPort, key, prove)).letIn
}

describe.each(keys)('a FIDO key of type $type', (key) => {
  const by = (touch: Partial<FidoTouch>) => isLetIn(key, (data) => key.prove(data, touch))

  it.each([1, 5])('lets its owner in by a touch: flags %i', async (flags) => {
    expect(await by({ flags })).toBe(true)
  })

  it.each([0, 4, 0xfe])('is refused where nobody touched it: flags %i', async (flags) => {
    expect(await by({ flags })).toBe(false)
  })

  it.each([0, 2 ** 32 - 1])('is judged whatever its counter says: %i', async (counter) => {
    expect(await by({ counter })).toBe(true)
  })

  it('is refused where it signed for another application, such as a web page', async () => {
    expect(await by({ application: 'https://example.com' })).toBe(false)
  })

  it('is refused where the flags, the counter or the signature are others than it signed', async () => {
    // From the end, since an ECDSA signature is not always of one length: counter, flags, signature.
    for (const fromEnd of [1, 4, 5, 10]) {
      const lie = (data: Buffer) => {
        const proof = key.prove(data, { flags: 5 })
        const at = proof.length - fromEnd
        proof.writeUInt8(proof.readUInt8(at) ^ 4, at)
        return proof
      }
      expect(await isLetIn(key, lie), `byte ${fromEnd} from the end`).toBe(false)
    }
  })

  it('is refused where its proof is cut or something stands behind it', async () => {
    expect(await isLetIn(key, (data) => key.prove(data).subarray(0, -1))).toBe(false)
    expect(await isLetIn(key, (data) => key.prove(data).subarray(0, -5))).toBe(false)
    expect(await isLetIn(key, (data) => wireMessage(key.prove(data), uint32(0)))).toBe(false)
  })

  it('is refused where another authenticator signed', async () => {
    const other = newFidoKey(key.type)
    expect(await isLetIn(key, (data) => other.prove(data))).toBe(false)
  })
})

describe('a FIDO key for an application of its own', () => {
  it('lets its owner in', async () => {
    expect(await isLetIn(elsewhere, (data) => elsewhere.prove(data))).toBe(true)
    expect(await isLetIn(elsewhere, (data) => elsewhere.prove(data, { application: 'ssh:' }))).toBe(false)
  })
})
