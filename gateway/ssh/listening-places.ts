import type { ChannelRecorder } from '../recording/recorder.ts'
import type { GlobalAnswer } from '../transport/global-requests.ts'
import type { SessionLink } from '../transport/session-link.ts'
import { string, uint32, wireMessage, WireReader } from '../transport/wire.ts'
import type { ForwardWish, ListenWish } from './forward-wish.ts'

/** More than anybody forwards; each is a socket on the target and a channel on record. */
const PLACES_MAX = 100

interface Place {
  /** Its port is the one that the target chose, where staff left that to it. */
  wish: ListenWish
  readonly recorder: ChannelRecorder
  listens: boolean
}

/** Begins the record of a place; `then` runs when it is on record. */
export type RecordPlace = (wish: ListenWish, then: () => void) => ChannelRecorder

type Answered = (answer: GlobalAnswer) => void

/** Where a target listens for one session (`ssh -R`), and may therefore open channels to the administrator. */
export class ListeningPlaces {
  readonly #link: SessionLink
  readonly #record: RecordPlace
  readonly #places = new Set<Place>()

  constructor(link: SessionLink, record: RecordPlace) {
    this.#link = link
    this.#record = record
  }

  get size(): number {
    return this.#places.size
  }

  /** Whether the target listens there because this session asked for it. */
  has(wish: ForwardWish): boolean {
    return [...this.#places].some(({ wish: place, listens }) => {
      if (!listens) return false
      if (wish.way === 'remote-socket') return place.way === 'listen-socket' && place.path === wish.path
      if (wish.way !== 'remote' || place.way !== 'listen') return false
      return place.host === wish.host && place.port === wish.port
    })
  }

  begin(wish: ListenWish, answered: Answered): void {
    if (this.#places.size >= PLACES_MAX) return answered(undefined)
    const place: Place = { wish, listens: false, recorder: this.#record(wish, () => this.#ask(place, answered)) }
    this.#places.add(place)
  }

  end(wish: ListenWish, answered: Answered): void {
    const place = [...this.#places].find((each) => each.listens && isSame(each.wish, wish))
    if (place === undefined) return answered(undefined)
    this.#drop(place)
    this.#cancel(place, answered)
  }

  /** Ends those for which `isLost` holds, on the target too, and gives them. */
  stop(isLost: (wish: ListenWish) => boolean): ListenWish[] {
    const lost = [...this.#places].filter(({ wish, listens }) => listens && isLost(wish))
    for (const place of lost) {
      this.#drop(place)
      this.#cancel(place, () => {})
    }
    return lost.map(({ wish }) => wish)
  }

  /** The session is over, and the target's connection with it. */
  close(): void {
    for (const place of this.#places) this.#drop(place)
  }

  #ask(place: Place, answered: Answered): void {
    const { wish } = place
    if (!this.#places.has(place)) return answered(undefined)
    const type = wish.way === 'listen' ? 'tcpip-forward' : 'streamlocal-forward@openssh.com'
    this.#link.ask(type, fieldsOf(wish), (answer) => {
      if (answer === undefined || !this.#places.has(place)) {
        this.#drop(place)
        return answered(undefined)
      }
      // RFC 4254 §7.1: who asks for port 0 is told which one it became.
      if (wish.way === 'listen' && wish.port === 0) place.wish = { ...wish, port: new WireReader(answer).uint32() }
      place.listens = true
      answered(answer)
    })
  }

  #cancel({ wish }: Place, answered: Answered): void {
    const type = wish.way === 'listen' ? 'cancel-tcpip-forward' : 'cancel-streamlocal-forward@openssh.com'
    this.#link.ask(type, fieldsOf(wish), answered)
  }

  #drop(place: Place): void {
    if (this.#places.delete(place)) place.recorder.close(() => {})
  }
}

function fieldsOf(wish: ListenWish): Buffer {
  return wish.way === 'listen' ? wireMessage(string(wish.host), uint32(wish.port)) : string(wish.path)
}

function isSame(one: ListenWish, other: ListenWish): boolean {
  return fieldsOf(one).equals(fieldsOf(other)) && one.way === other.way
}
