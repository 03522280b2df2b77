/** What `/metrics` shows of this gateway. */
export interface GatewayMetrics {
  readonly liveSessions: number
  /** Bytes the journal takes on disk. */
  readonly journalBytes: number
  /** Bytes of the journal that are not in PostgreSQL yet. */
  readonly archiveLagBytes: number
}

/** The Prometheus text exposition format, version 0.0.4. */
export const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8'

/** The metrics as text. */
export function metricsText(metrics: GatewayMetrics, version: string): string {
  return [
    gauge('gatebook_build_info', 'The running version, as a label', `{version="${version}"} 1`),
    gauge('gatebook_live_sessions', 'Sessions that are live on this gateway', ` ${metrics.liveSessions}`),
    gauge('gatebook_journal_bytes', 'Bytes the journal takes on disk', ` ${metrics.journalBytes}`),
    gauge('gatebook_archive_lag_bytes', 'Journal bytes not in PostgreSQL yet', ` ${metrics.archiveLagBytes}`),
  ].join('')
}

function gauge(name: string, help: string, sample: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name}${sample}\n`
}
