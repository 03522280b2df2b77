/** How long the event loop was held up; everything else waits meanwhile. */
export interface EventLoopFigures {
  /** Quantile and seconds, of the last minutes; quantile 1 is the longest. */
  readonly quantiles: readonly (readonly [quantile: number, seconds: number])[]
  /** Seconds in all, since the start. */
  readonly heldSeconds: number
  /** How often that was measured. */
  readonly looks: number
  /** Times it stood for a second or longer. */
  readonly stalls: number
}

/** What `/metrics` shows of this gateway. */
export interface GatewayMetrics {
  readonly liveSessions: number
  /** Bytes the journal takes on disk. */
  readonly journalBytes: number
  /** Bytes of the journal that are not in PostgreSQL yet. */
  readonly archiveLagBytes: number
  /** Entries of the log of sessions that the last signed tree head counts. */
  readonly loggedEntries: number
  /** Places that tree heads are published to and do not reach. */
  readonly placesBehind: number
  readonly eventLoop: EventLoopFigures
}

/** The Prometheus text exposition format, version 0.0.4. */
export const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8'

const DELAY = 'gatebook_event_loop_delay_seconds'
const STALLS = 'gatebook_event_loop_stalls_total'

/** The metrics as text. */
export function metricsText(metrics: GatewayMetrics, version: string): string {
  const { quantiles, heldSeconds, looks, stalls } = metrics.eventLoop
  const delays = quantiles.map(([quantile, seconds]) => `${DELAY}{quantile="${quantile}"} ${seconds}`)
  return [
    gauge('gatebook_build_info', 'The running version, as a label', `{version="${version}"} 1`),
    gauge('gatebook_live_sessions', 'Sessions that are live on this gateway', ` ${metrics.liveSessions}`),
    gauge('gatebook_journal_bytes', 'Bytes the journal takes on disk', ` ${metrics.journalBytes}`),
    gauge('gatebook_archive_lag_bytes', 'Journal bytes not in PostgreSQL yet', ` ${metrics.archiveLagBytes}`),
    gauge('gatebook_tree_head_entries', 'Entries of the log in the last signed tree head', ` ${metrics.loggedEntries}`),
    gauge('gatebook_tree_head_places_behind', 'Places that tree heads do not reach', ` ${metrics.placesBehind}`),
    ...head(DELAY, 'How long the event loop was held up, in the last one to two minutes', 'summary'),
    ...delays.map((sample) => `${sample}\n`),
    `${DELAY}_sum ${heldSeconds}\n${DELAY}_count ${looks}\n`,
    ...head(STALLS, 'Times the event loop stood for a second or longer', 'counter'),
    `${STALLS} ${stalls}\n`,
  ].join('')
}

function gauge(name: string, help: string, sample: string): string {
  return [...head(name, help, 'gauge'), `${name}${sample}\n`].join('')
}

function head(name: string, help: string, type: 'gauge' | 'summary' | 'counter'): string[] {
  return [`# HELP ${name} ${help}\n`, `# TYPE ${name} ${type}\n`]
}
