import type { Socket } from 'node:net'

/** Who does not take the line is cut off after this time … */
const LINGER_MS = 1000
/** … and at once while so many do not. */
const LINGERING_MAX = 200

/**
 * Closes sockets with a word: RFC 4253 §4.2 lets a server say lines before its ident. OpenSSH shows it with -v, PuTTY
 * in its log.
 */
export class TurnAway {
  #lingering = 0

  /** The socket has its `error` listener. */
  say(socket: Socket, why: string): void {
    if (this.#lingering >= LINGERING_MAX) {
      socket.destroy()
      return
    }
    this.#lingering += 1
    const cut = setTimeout(() => socket.destroy(), LINGER_MS)
    socket.once('close', () => {
      clearTimeout(cut)
      this.#lingering -= 1
    })
    // What the peer says meanwhile is read and dropped: unread, it would make the system reset the connection.
    socket.resume()
    socket.end(`gatebook: ${why}\r\n`)
  }
}
