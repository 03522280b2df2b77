import { type ChannelGain, ChannelTally } from '../channel-tally.ts'
import type { RecordedEvent } from '../event.ts'
import type { ClosingStatement, OpeningStatement } from '../seal/session-statements.ts'
import { DOSSIER_FORMAT, render } from './dossier-files.ts'

/** What of a session nobody signs, for it may be amended. */
export interface Unsealed {
  readonly task: string | null
  readonly reason: string | null
}

/** What the events of a channel say in sum. */
export class ChannelAccount {
  readonly #channel: number
  readonly #tally: ChannelTally
  #gain: ChannelGain | undefined
  #events = 0

  constructor(session: string, channel: number) {
    this.#channel = channel
    this.#tally = new ChannelTally(session, channel)
  }

  /** The next event, in order. */
  take(event: RecordedEvent): void {
    this.#tally.take(event)
    // What it gathers is let go from time to time: a recording may be long.
    if (++this.#events % EVENTS_AT_ONCE === 0) this.#gather()
  }

  /** As it stands in `session.json`. */
  view(): object {
    this.#gather()
    const gain = this.#gain
    return {
      channel: this.#channel,
      kind: gain?.kind ?? null,
      command: gain?.command?.toString() ?? null,
      terminal: gain?.terminal ?? null,
      openedUs: gain?.openedUs ?? null,
      closedUs: gain?.closedUs ?? null,
      exitStatus: gain?.exitStatus ?? null,
      exitSignal: gain?.exitSignal ?? null,
      events: this.#events,
      keystrokes: gain?.keystrokes ?? 0,
      bytesIn: gain?.bytesIn ?? 0,
      bytesOut: gain?.bytesOut ?? 0,
      bytesErr: gain?.bytesErr ?? 0,
    }
  }

  #gather(): void {
    const { gain } = this.#tally.harvest()
    const before = this.#gain
    this.#gain = {
      ...before,
      ...gain,
      keystrokes: gain.keystrokes + (before?.keystrokes ?? 0),
      bytesIn: gain.bytesIn + (before?.bytesIn ?? 0),
      bytesOut: gain.bytesOut + (before?.bytesOut ?? 0),
      bytesErr: gain.bytesErr + (before?.bytesErr ?? 0),
    }
  }
}

const EVENTS_AT_ONCE = 1000

/** `session.json`: what the signed statements and the events say, and apart from it what nobody signs. */
export function renderSession(
  opening: OpeningStatement,
  closing: ClosingStatement | undefined,
  channels: readonly ChannelAccount[],
  { task, reason }: Unsealed,
): string {
  const { session, gateway, client, target, staff, login, sourceAddress, startedAt } = opening
  return render({
    format: DOSSIER_FORMAT,
    session: {
      id: session,
      gateway,
      client: client.slug,
      target: target.name,
      staff: staff.login,
      login,
      sourceAddress,
      startedAt,
      state: closing?.state ?? 'open',
      endedAt: closing?.endedAt ?? null,
      endReason: closing?.reason ?? null,
      lengthUs: closing?.lengthUs ?? null,
      channels: channels.map((channel) => channel.view()),
    },
    unsealed: { task, reason },
  })
}
