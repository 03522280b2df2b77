import { GatewayError } from '../../errors.ts'
import { decodeEvents } from '../frame.ts'
import { SALT_BYTES } from '../seal/chain.ts'
import type { SaltBlock } from '../seal/channel-chain.ts'
import type { SealedFrame } from '../seal/sealed-events.ts'
import { framesName, saltsName } from './dossier-files.ts'
import { encodeFrame, encodeSalts } from './frame-file.ts'
import type { ChannelAccount } from './session-account.ts'
import type { ZipWriter } from './zip-writer.ts'

/** Bytes of frames in one file; with one frame more it is what is held in memory. */
const PART_BYTES = 1024 * 1024

export interface ExportedChannel {
  readonly channel: number
  readonly salts: readonly SaltBlock[]
  readonly frames: AsyncIterable<SealedFrame>
  /** Events from this number on are left out; Infinity for none. */
  readonly end: number
  /** Takes every event. */
  readonly account: ChannelAccount
}

/** The files of one channel. Throws `record-failed` where its frames cannot be read. */
export async function* channelFiles(
  zip: ZipWriter,
  { channel, salts, frames, end, account }: ExportedChannel,
): AsyncGenerator<Buffer> {
  yield* zip.file(saltsName(channel), encodeSalts(saltsBefore(end, salts)))
  let part = 0
  let gathered: Buffer[] = []
  let bytes = 0
  const files = () => zip.file(framesName(channel, part++), Buffer.concat(gathered))
  for await (const frame of frames) {
    if (frame.seq >= end) break
    // Frames are stored together with the checkpoint that covers them.
    if (frame.seq + frame.events > end) {
      throw new GatewayError('conflict', 'the session has just ended', 'export it again')
    }
    takeAll(account, frame)
    const encoded = encodeFrame(frame)
    gathered.push(encoded)
    bytes += encoded.length
    if (bytes < PART_BYTES) continue
    yield* files()
    gathered = []
    bytes = 0
  }
  if (gathered.length > 0) yield* files()
}

function takeAll(account: ChannelAccount, frame: SealedFrame): void {
  const events = decodeEvents(frame)
  try {
    for (const event of events) account.take(event)
  } catch (cause) {
    const where = `the frame of channel ${frame.channel} that begins with event ${frame.seq}`
    throw new GatewayError('record-failed', `${where} cannot be read`, 'gatebook verify tells more', cause)
  }
}

/** Salts of events from `end` on are nobody's; such a block has the salts of each of its events, or one for all. */
function saltsBefore(end: number, blocks: readonly SaltBlock[]): readonly SaltBlock[] {
  return blocks
    .filter(({ seq }) => seq < end)
    .map(({ seq, salts }) => ({
      seq,
      salts: salts.length === SALT_BYTES ? salts : salts.subarray(0, Math.min(salts.length, (end - seq) * SALT_BYTES)),
    }))
}
