import { message } from '#gateway/transport/message.ts'
import { string, uint32 } from '#gateway/transport/wire.ts'
import type { GatewayProcess } from '#test/bench/gateway-process.ts'
import { askForSession, channelData, channelRequest, confirmed, signedInClient } from '#test/harness/raw-client.ts'
import type { RawPeer } from '#test/harness/raw-peer.ts'
import type { TestKey } from '#test/harness/test-key.ts'
import { keepingAlive } from './servers.ts'
import { within } from './talking.ts'

/** Somebody who works on `web1.acme` while others misbehave, and must notice nothing. */
export class Bystander {
  readonly #peer: RawPeer
  readonly #channel: number
  #said = ''
  #number = 0

  private constructor(peer: RawPeer, channel: number) {
    this.#peer = peer
    this.#channel = channel
  }

  static async comeIn(gateway: GatewayProcess, key: TestKey): Promise<Bystander> {
    const peer = await signedInClient(gateway.sshPort, 'web1.acme', key)
    keepingAlive(peer)
    askForSession(peer, { window: 2 ** 31 })
    const channel = await confirmed(peer)
    peer.send(channelRequest(channel, 'exec', true, string('cat')))
    await peer.next(message.channelSuccess)
    return new Bystander(peer, channel)
  }

  /** Everything this one has said, which is what the target has answered. */
  get said(): string {
    return this.#said
  }

  /** Says something and waits for its echo. Throws when it does not come, or is another. */
  async work(): Promise<void> {
    const text = `line ${this.#number++}\n`
    this.#said += text
    this.#peer.send(channelData(this.#channel, text))
    await within(this.#echo(text), 'the session of the bystander stands')
  }

  /** Ends the session. */
  async leave(): Promise<void> {
    this.#peer.send(message.channelEof, uint32(this.#channel))
    await within(this.#peer.next(message.channelEof), 'the session of the bystander does not end')
    this.#peer.socket.destroy()
    await this.#peer.closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#peer.socket.destroy()
    await this.#peer.closed
  }

  async #echo(text: string): Promise<void> {
    let heard = ''
    while (heard.length < text.length) {
      const reader = await this.#peer.next(message.channelData)
      reader.uint32()
      heard += reader.text()
    }
    if (heard !== text) throw new Error(`the bystander said ${JSON.stringify(text)} and heard ${JSON.stringify(heard)}`)
  }
}
