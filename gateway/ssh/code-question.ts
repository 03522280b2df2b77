import { message } from '../transport/message.ts'
import { boolean, string, uint32, wireMessage, type WireReader } from '../transport/wire.ts'

/** RFC 4256 §3.2: one hidden question. No instruction: clients show the prompt in any case, and some nothing else. */
export function codeQuestion(login: string): Buffer {
  const nothing = string('')
  const prompt = string(`gatebook code for ${login}: `)
  return wireMessage(message.userauthMethod60, nothing, nothing, nothing, uint32(1), prompt, boolean(false))
}

/** RFC 4256 §3.4: what was typed; undefined where that is not one answer, which must be refused. */
export function codeAnswer(reader: WireReader): string | undefined {
  return reader.uint32() === 1 ? reader.text() : undefined
}
