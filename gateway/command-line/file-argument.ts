import { createReadStream } from 'node:fs'
import { GatewayError } from '../errors.ts'
import type { InputStream } from './program-parts.ts'

/** Bytes; what people give us by file is text they wrote themselves. */
const MAX_FILE_BYTES = 1 << 20

/** The text of a file, or of stdin where the name is `-`. Throws `bad-input` where it cannot be read. */
export async function readTextFile(name: string, input: InputStream, maxBytes = MAX_FILE_BYTES): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of name === '-' ? input : createReadStream(name)) {
      const bytes = Buffer.from(chunk)
      length += bytes.length
      if (length > maxBytes) throw new GatewayError('bad-input', `${name} is larger than ${maxBytes} bytes`)
      chunks.push(bytes)
    }
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause
    const reason = cause instanceof Error ? cause.message.replace(/, open .*$/s, '') : String(cause)
    throw new GatewayError('bad-input', `cannot read ${name} (${reason})`, 'check its name and who may read it', cause)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** The first line of stdin as bytes, for a password. The caller zeroes it. Throws `bad-input` where there is none. */
export async function readSecretLine(input: InputStream): Promise<Buffer> {
  if (input.isTTY) {
    throw new GatewayError(
      'bad-input',
      'a password typed here would be shown',
      'give it through a pipe, from a file or a password store',
    )
  }
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of input) {
    chunks.push(Buffer.from(chunk))
    length += chunks.at(-1)!.length
    if (length > 4096) throw new GatewayError('bad-input', 'the password on stdin is longer than 4096 bytes')
  }
  const whole = Buffer.concat(chunks)
  for (const chunk of chunks) chunk.fill(0)
  const end = whole.indexOf('\n')
  const line = whole.subarray(0, end === -1 ? whole.length : end)
  const secret = line.at(-1) === 0x0d ? line.subarray(0, -1) : line
  if (secret.length === 0) throw new GatewayError('bad-input', 'stdin holds no password', 'give it as the first line')
  return secret
}
