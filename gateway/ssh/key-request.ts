import { string, type WireReader } from '../transport/wire.ts'

/** A `publickey` request (RFC 4252 §7). */
export interface KeyRequest {
  readonly algorithm: string
  /** Public key or certificate in wire form. */
  readonly blob: Buffer
  /** Undefined: the client only asks whether the key would do. */
  readonly signature: Buffer | undefined
  /** What the signature must be of. */
  readonly signed: Buffer
}

/** Reads what stands behind the name of the method; `payload` is the whole message. */
export function readKeyRequest(payload: Buffer, reader: WireReader, sessionId: Buffer): KeyRequest {
  const signs = reader.boolean()
  const [algorithm, blob] = [reader.text(), reader.string()]
  const unsigned = payload.subarray(0, payload.length - reader.remaining)
  const signature = signs ? reader.string() : undefined
  return { algorithm, blob, signature, signed: Buffer.concat([string(sessionId), unsigned]) }
}
