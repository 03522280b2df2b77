import type { SessionVerification } from '#shared/seal.ts'
import type { SessionVerdict } from './verify-session.ts'

const NOTHING = {
  state: null,
  signedAt: null,
  sealedUs: null,
  channels: null,
  events: null,
  erased: null,
  what: null,
  channel: null,
  event: null,
  atUs: null,
}

/** The verdict about a session as the API and `--json` say it. */
export function verificationView(session: string, verdict: SessionVerdict): SessionVerification {
  if (verdict.verdict === 'altered') {
    const { what, channel = null, seq: event = null, atUs = null } = verdict.alteration
    return { ...NOTHING, session, verdict: 'altered', what, channel, event, atUs }
  }
  const { closing, channels, erased, sealedUs, signedAt } = verdict
  return {
    ...NOTHING,
    session,
    verdict: 'intact',
    state: closing === undefined ? 'open' : closing.state === 'ended' ? 'sealed' : 'interrupted',
    signedAt: signedAt ?? null,
    sealedUs,
    channels: channels.length,
    events: channels.reduce((sum, { events }) => sum + events, 0),
    erased,
  }
}

/** The same in one line, without the session's id. */
export function verificationText(view: Omit<SessionVerification, 'session'>): string {
  const { verdict, state, signedAt, sealedUs, what, channel, event, atUs } = view
  if (verdict === 'altered') {
    const place = [
      channel === null ? '' : `channel ${channel}`,
      event === null ? '' : `event ${event}`,
      atUs === null ? '' : `at ${clockText(atUs)}`,
    ].filter((part) => part !== '')
    return `altered: ${place.length === 0 ? '' : `${place.join(', ')}: `}${what}`
  }
  const counts = `${counted(view.channels ?? 0, 'channel')}, ${counted(view.events ?? 0, 'event')}`
  const erased = view.erased ? `, ${counted(view.erased, 'event')} erased with a signed reason` : ''
  const to = clockText(sealedUs ?? 0)
  const covered = { sealed: `sealed, verified to ${to}`, interrupted: `interrupted, recovered to ${to}` } as const
  const words = state === 'open' || state === null ? `still open, verified to ${to}` : covered[state]
  return `intact: ${words} (${counts}${erased}${signedAt === null ? '' : `, signed ${signedAt}`})`
}

/** `1:02:03.000125` from microseconds. */
function clockText(atUs: number): string {
  const twoDigits = (value: number) => String(value).padStart(2, '0')
  const seconds = Math.floor(atUs / 1_000_000)
  const whole = `${Math.floor(seconds / 3600)}:${twoDigits(Math.floor(seconds / 60) % 60)}:${twoDigits(seconds % 60)}`
  return `${whole}.${String(atUs % 1_000_000).padStart(6, '0')}`
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
