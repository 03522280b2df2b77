import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ConnectionLayer } from '#gateway/transport/connection-layer.ts'
import { message } from '#gateway/transport/message.ts'
import type { Transport } from '#gateway/transport/transport.ts'
import { wireMessage } from '#gateway/transport/wire.ts'

const PERIOD_MS = 15_000

describe('a peer that says nothing', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  function watched() {
    const seen: string[] = []
    const transport = {
      send: (payload: Buffer) => seen.push(payload.subarray(5, 26).toString()),
      fail: (error: Error) => seen.push(error.message),
    }
    return { seen, layer: new ConnectionLayer(transport as unknown as Transport, () => {}) }
  }

  it('is asked three times whether it is alive, and then left', () => {
    const { seen } = watched()
    vi.advanceTimersByTime(4 * PERIOD_MS - 1)
    expect(seen).toEqual(Array.from({ length: 3 }, () => 'keepalive@openssh.com'))
    vi.advanceTimersByTime(1)
    expect(seen.at(-1)).toBe('no answer to keepalives')
  })

  it('stays for as long as it answers', () => {
    const { seen, layer } = watched()
    for (let asked = 0; asked < 100; asked++) {
      vi.advanceTimersByTime(PERIOD_MS)
      layer.handle(wireMessage(message.requestFailure))
    }
    expect(new Set(seen)).toEqual(new Set(['keepalive@openssh.com']))
  })

  it('is asked nothing more when its connection is closed', () => {
    const { seen, layer } = watched()
    layer.closed()
    vi.advanceTimersByTime(10 * PERIOD_MS)
    expect(seen).toEqual([])
  })
})
