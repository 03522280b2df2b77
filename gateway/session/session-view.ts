import type { ChannelView, SessionDetail, SessionView } from '#shared/api.ts'
import type { SessionStatements } from '../recording/seal/session-log.ts'
import { sealView } from './seal-view.ts'
import type { ChannelSummary, SessionSummary } from './session.ts'

/** A session as the API and `--json` list it. */
export function sessionView(session: SessionSummary): SessionView {
  return {
    id: session.id,
    client: session.client,
    target: session.target,
    login: session.login,
    staff: session.staff,
    task: session.task ?? null,
    reason: session.reason ?? null,
    sourceAddress: session.sourceAddress,
    startedAt: session.startedAt.toISOString(),
    endedAt: session.endedAt?.toISOString() ?? null,
    state: session.state,
    endReason: session.endReason ?? null,
    lengthMs: wholeMs(session.lengthUs),
    channels: session.channels,
    keystrokes: session.keystrokes,
    bytesIn: session.bytesIn,
    bytesOut: session.bytesOut,
    exitStatus: session.exitStatus ?? null,
    exitSignal: session.exitSignal ?? null,
    live: session.state === 'live',
  }
}

/** A session with its channels, in order. */
export function sessionDetailView(
  session: SessionSummary,
  channels: readonly ChannelSummary[],
  statements: SessionStatements,
): SessionDetail {
  return { ...sessionView(session), seal: sealView(statements), channelList: channels.map(channelView) }
}

function channelView(channel: ChannelSummary): ChannelView {
  return {
    channel: channel.channel,
    kind: channel.kind ?? null,
    command: channel.command ?? null,
    terminal: channel.terminal ?? null,
    openedMs: wholeMs(channel.openedUs),
    closedMs: channel.closedUs === undefined ? null : wholeMs(channel.closedUs),
    exitStatus: channel.exitStatus ?? null,
    exitSignal: channel.exitSignal ?? null,
    keystrokes: channel.keystrokes,
    bytesIn: channel.bytesIn,
    bytesOut: channel.bytesOut,
    bytesErr: channel.bytesErr,
  }
}

function wholeMs(us: number): number {
  return Math.floor(us / 1000)
}
