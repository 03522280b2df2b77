import type { ChannelEnd } from '../transport/channel-end.ts'

/** The end of a channel whose owner has his answers already: what still comes for him goes to `answered` instead. */
export class AnsweredEnd implements ChannelEnd {
  readonly #end: ChannelEnd
  readonly #answered: ((success: boolean) => void)[]

  /** One function for each reply that is on its way, in their order. */
  constructor(end: ChannelEnd, answered: readonly ((success: boolean) => void)[]) {
    this.#end = end
    this.#answered = [...answered]
  }

  get outWindow(): number {
    return this.#end.outWindow
  }

  get inWindow(): number {
    return this.#end.inWindow
  }

  get backlog(): number {
    return this.#end.backlog
  }

  whenDrained(then: () => void): void {
    this.#end.whenDrained(then)
  }

  data(bytes: Buffer): void {
    this.#end.data(bytes)
  }

  extendedData(code: number, bytes: Buffer): void {
    this.#end.extendedData(code, bytes)
  }

  adjustWindow(bytes: number): void {
    this.#end.adjustWindow(bytes)
  }

  eof(): void {
    this.#end.eof()
  }

  close(): void {
    this.#end.close()
  }

  request(type: string, wantReply: boolean, fields: Buffer): void {
    this.#end.request(type, wantReply, fields)
  }

  reply(success: boolean): void {
    const answered = this.#answered.shift()
    if (answered === undefined) this.#end.reply(success)
    else answered(success)
  }
}
