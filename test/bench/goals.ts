import type { Figure } from './figure.ts'

/** What the gateway is to reach, recording on. */
interface Goal {
  readonly figure: string
  readonly by: 'value' | 'ratioToDirect' | 'ratioToJump'
  readonly is: 'at most' | 'at least'
  readonly limit: number
}

const goals: readonly Goal[] = [
  { figure: 'setup p50', by: 'ratioToJump', is: 'at most', limit: 0.25 },
  { figure: 'echo p50', by: 'ratioToJump', is: 'at most', limit: 1.5 },
  { figure: 'echo p99', by: 'ratioToJump', is: 'at most', limit: 2 },
  { figure: 'echo beside a transfer p50', by: 'value', is: 'at most', limit: 2 },
  { figure: 'download', by: 'ratioToJump', is: 'at least', limit: 1.3 },
  { figure: 'upload', by: 'ratioToJump', is: 'at least', limit: 1.6 },
  { figure: 'terminal flood', by: 'ratioToJump', is: 'at least', limit: 1.1 },
  { figure: 'Ctrl+C to silence', by: 'ratioToDirect', is: 'at most', limit: 1 },
  { figure: 'ansible playbook', by: 'ratioToDirect', is: 'at most', limit: 1.15 },
  { figure: 'memory per idle session', by: 'value', is: 'at most', limit: 200 },
  // Twice the windows and queues that one channel may fill (channel-end.ts, window-credit.ts), and garbage of Node's.
  { figure: 'memory under a stalled client', by: 'value', is: 'at most', limit: 32 },
]

/** Goal against measurement, a line for each figure that was measured. */
export function goalTable(measured: readonly Figure[], peer: string): string {
  const rows = goals.flatMap((goal) => {
    const found = measured.find((each) => each.figure === goal.figure && each.peer === peer)
    const value = found?.[goal.by]
    if (found === undefined || value === undefined) return []
    const holds = goal.is === 'at most' ? value <= goal.limit : value >= goal.limit
    const measure = { value: found.unit, ratioToDirect: '× direct', ratioToJump: '× jump' }[goal.by]
    return [[goal.figure, `${goal.is} ${goal.limit} ${measure}`, String(value), holds ? 'reached' : 'MISSED']]
  })
  const table = [['figure', 'goal', peer, ''], ...rows]
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)))
  return table.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).join('\n')
}
