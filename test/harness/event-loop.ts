import type { RunningGateway } from '#gateway/start/start-gateway.ts'

/**
 * Seconds that the event loop stood at most in the last one to two minutes, as `/metrics` tells. Tests share the
 * processor with others: a bound must be one that the attack breaks by far.
 */
export async function longestHoldS({ httpPort }: Pick<RunningGateway, 'httpPort'>): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${httpPort}/metrics`)).text()
  const found = /^gatebook_event_loop_delay_seconds\{quantile="1"\} (\S+)$/m.exec(text)?.[1]
  if (found === undefined) throw new Error(`no delay of the event loop in:\n${text}`)
  return Number(found)
}
