import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { uint32, wireMessage } from '#gateway/transport/wire.ts'
import { newFidoKey, type FidoKey, type FidoTouch } from '#test/harness/fido-key.ts'
import { testGateway, type TestGateway } from '#test/harness/gateway.ts'
import { signedInClient, trySigningIn } from '#test/harness/raw-client.ts'
import { newKey } from '#test/harness/test-key.ts'

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

  it.each([0, 4, 0xfe])('is refused where nobody touched it, and says so: flags %i', async (flags) => {
    const { letIn, said } = await trySigningIn(gateway.sshPort, key, (data) => key.prove(data, { flags }))
    expect([letIn, said]).toEqual([false, 'gatebook: your security key must be touched to sign in\r\n'])
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

describe('where the settings', () => {
  const key = newFidoKey('sk-ssh-ed25519@openssh.com')
  const plain = newKey('ssh-ed25519')

  /** Which flags let the owner in, of nothing, a touch, the PIN, and both. */
  async function flagsThatDo(environment: Readonly<Record<string, string>>): Promise<number[]> {
    await using other = await testGateway({ environment })
    for (const { type, blob } of [key, plain]) {
      await other.stores.staff.addKey(other.staff.id, { type, blob, comment: '' }, 'test')
    }
    using _peer = await signedInClient(other.sshPort, 'nobody', plain)
    const good: number[] = []
    for (const flags of [0, 1, 4, 5]) {
      const { letIn } = await trySigningIn(other.sshPort, key, (data) => key.prove(data, { flags }))
      if (letIn) good.push(flags)
    }
    return good
  }

  it('ask for the PIN, a touch alone is not enough, and other keys are as good as ever', async () => {
    expect(await flagsThatDo({ GATEBOOK_FIDO_PIN_REQUIRED: 'yes' })).toEqual([5])
  })

  it('ask for no touch, none is needed', async () => {
    expect(await flagsThatDo({ GATEBOOK_FIDO_TOUCH_REQUIRED: 'no' })).toEqual([0, 1, 4, 5])
  })

  it('ask for the PIN and no touch, the PIN is needed', async () => {
    const environment = { GATEBOOK_FIDO_TOUCH_REQUIRED: 'no', GATEBOOK_FIDO_PIN_REQUIRED: 'yes' }
    expect(await flagsThatDo(environment)).toEqual([4, 5])
  })

  it('ask for the PIN, whoever signs without is told what to do', async () => {
    await using other = await testGateway({ environment: { GATEBOOK_FIDO_PIN_REQUIRED: 'yes' } })
    await other.stores.staff.addKey(other.staff.id, { type: key.type, blob: key.blob, comment: '' }, 'test')
    const { said } = await trySigningIn(other.sshPort, key, (data) => key.prove(data))
    expect(said).toContain('must ask for its PIN; make such a key with: ssh-keygen -t ed25519-sk -O verify-required')
    const forged = await trySigningIn(other.sshPort, key, () => key.prove(Buffer.from('something else')))
    expect(forged).toEqual({ letIn: false, said: '' })
  })
})
