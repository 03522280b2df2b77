import { randomBytes } from 'node:crypto'
import { crc32, deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { channelFiles } from '#gateway/recording/dossier/channel-files.ts'
import { decodeFrames, decodeSalts, encodeFrame, encodeSalts } from '#gateway/recording/dossier/frame-file.ts'
import { ChannelAccount } from '#gateway/recording/dossier/session-account.ts'
import { ZipWriter } from '#gateway/recording/dossier/zip-writer.ts'
import { encodeEvents } from '#gateway/recording/frame.ts'
import type { SealedFrame } from '#gateway/recording/seal/sealed-events.ts'

/** A frame of one event of output. */
function frameOf(seq: number, data: Buffer): SealedFrame {
  const raw = encodeEvents([{ seq, atUs: seq * 1000, kind: 'output', data }])
  const stored = deflateRawSync(raw)
  const times = { fromUs: seq * 1000, toUs: seq * 1000 }
  return {
    ...times,
    channel: 0,
    seq,
    events: 1,
    rawLength: raw.length,
    data: stored,
    checks: Buffer.of(7),
    crc32: crc32(stored),
  }
}

describe('the files of a channel', () => {
  it('of 100 MB are written as they are read: no more than 2 MB wait at any time', async () => {
    const data = randomBytes(60_000)
    const count = Math.ceil(100e6 / data.length)
    let [read, written, waitingMax] = [0, 0, 0]
    async function* frames() {
      for (let seq = 0; seq < count; seq++) {
        const frame = frameOf(seq, data)
        read += frame.data.length
        yield frame
      }
    }
    const zip = new ZipWriter()
    const account = new ChannelAccount('s', 0)
    for await (const piece of channelFiles(zip, { channel: 0, salts: [], frames: frames(), end: Infinity, account })) {
      waitingMax = Math.max(waitingMax, read - written)
      written += piece.length
    }
    expect(written).toBeGreaterThan(100e6)
    expect(waitingMax).toBeLessThan(2e6)
    expect(account.view()).toMatchObject({ events: count, bytesOut: count * data.length })
  })

  it('hold frames and salts as they were', () => {
    const frames = [frameOf(0, Buffer.from('one')), frameOf(2 ** 40, Buffer.alloc(0))]
    expect([...decodeFrames(Buffer.concat(frames.map(encodeFrame)), 0)]).toEqual(frames)
    const salts = [
      { seq: 0, salts: randomBytes(16) },
      { seq: 256, salts: randomBytes(4096) },
    ]
    expect(decodeSalts(encodeSalts(salts), 0)).toEqual(salts)
  })

  it('cut short anywhere are altered, not read beyond their end', () => {
    const bytes = encodeFrame(frameOf(0, Buffer.from('one')))
    const salts = encodeSalts([{ seq: 0, salts: randomBytes(16) }])
    for (let length = 1; length < bytes.length; length++) {
      expect(() => [...decodeFrames(bytes.subarray(0, length), 0)]).toThrow('what is stored cannot be read')
    }
    for (let length = 1; length < salts.length; length++) {
      expect(() => decodeSalts(salts.subarray(0, length), 0)).toThrow('what is stored cannot be read')
    }
  })

  it('do not make a verifier reserve gigabytes', () => {
    const bytes = encodeFrame({ ...frameOf(0, Buffer.from('one')), rawLength: 2 ** 31 })
    expect(() => [...decodeFrames(bytes, 0)]).toThrow('what is stored cannot be read')
  })
})
