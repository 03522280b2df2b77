import type { Reporter, TestModule, TestRunEndReason } from 'vitest/node'
import type { Missing } from './requirement.ts'

/** Ends the run with the programs it talked to, what was skipped for want of something, and one plain line of counts. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[], reason: TestRunEndReason): void {
    const counts = { passed: 0, failed: unhandled.length, skipped: 0 }
    const missing = new Map<string, { readonly tests: string[]; readonly from: Missing }>()
    const peers = new Set<string>()
    for (const module of modules) {
      // A file that cannot be loaded has no tests to count.
      if (module.state() === 'failed' && module.errors().length > 0) counts.failed += 1
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state !== 'pending') counts[state] += 1
        if (state === 'passed' || state === 'failed') for (const peer of test.meta().peers ?? []) peers.add(peer)
        const from = state === 'skipped' ? test.meta().missing : undefined
        if (from === undefined) continue
        const entry = missing.get(from.what) ?? { tests: [], from }
        entry.tests.push(test.fullName)
        missing.set(from.what, entry)
      }
    }
    // A run that ended before its tests, such as by a set-up that failed, has not passed.
    if (reason !== 'passed' && counts.failed === 0) counts.failed = 1
    const lines: string[] = []
    if (peers.size > 0) lines.push('tried with:', ...[...peers].toSorted().map((peer) => `  ${peer}`))
    for (const { tests, from } of missing.values()) {
      lines.push(`skipped without ${from.what} (${from.remedy}):`)
      for (const name of tests) lines.push(`  ${name}`)
    }
    lines.push(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
    // The default reporter writes its summary in the same event, and must not come after.
    process.once('exit', () => process.stdout.write(`${lines.join('\n')}\n`))
  }
}
