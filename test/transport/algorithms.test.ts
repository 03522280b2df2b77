import { expect, it, onTestFinished, vi } from 'vitest'

/** Whether staff and targets are offered chacha20. */
async function offersChacha(bindingAvailable: boolean): Promise<boolean[]> {
  vi.resetModules()
  vi.doMock('ssh2/lib/protocol/crypto.js', () => ({ default: { bindingAvailable } }))
  const { offerToStaff, offerToTarget } = await import('#gateway/transport/algorithms.ts')
  return [offerToStaff([]), offerToTarget([])].map(({ cs }) => cs.cipher.includes('chacha20-poly1305@openssh.com'))
}

it('chacha20 is offered where ssh2 has its native part, and nowhere else (research B9)', async () => {
  onTestFinished(() => vi.doUnmock('ssh2/lib/protocol/crypto.js'))
  expect(await offersChacha(true)).toEqual([true, true])
  expect(await offersChacha(false)).toEqual([false, false])
})
