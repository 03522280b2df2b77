import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { findProgram } from '#test/harness/requirement.ts'
import { goalTable } from './goals.ts'
import { startPeers } from './peers.ts'
import { measurementNames, runBench, type BenchSize, type Measurement } from './run-bench.ts'

const USAGE = `npm run bench -- [--quick] [--only NAME]… [--before FILE]

The gateway, recording on, beside direct ssh and ssh -J through a plain sshd; one JSON line per figure.

  --quick        a tenth of everything, to see that it works
  --only NAME    one of: ${measurementNames.join(', ')}
  --before FILE  another built gatebook.js, measured in the same run as the peer "before"
`

const WHOLE: BenchSize = {
  setups: 30,
  keys: 500,
  transferBytes: 256 * 1024 * 1024,
  floodBytes: 32 * 1024 * 1024,
  transfers: 5,
  interrupts: 5,
  floodMs: 2000,
  // Fewer measure the garbage of their beginnings, not what they hold.
  idleSessions: 300,
  stallMs: 6000,
  playbooks: 5,
  playbookTasks: 20,
}
const QUICK: BenchSize = {
  setups: 5,
  keys: 60,
  transferBytes: 64 * 1024 * 1024,
  floodBytes: 8 * 1024 * 1024,
  transfers: 2,
  interrupts: 2,
  floodMs: 1000,
  idleSessions: 20,
  stallMs: 2000,
  playbooks: 1,
  playbookTasks: 20,
}

const { quick, only, before } = readArguments()
const root = new URL('../../', import.meta.url)
execFileSync(process.execPath, ['build.mjs'], { cwd: root, stdio: 'inherit' })
const programs = new Map([['gatebook', fileURLToPath(new URL('dist/gatebook.js', root))]])
if (before !== undefined) programs.set('before', resolve(before))

const starting = startPeers({ programs })
for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  const end = async () => await (await starting)[Symbol.asyncDispose]()
  process.once(signal, () => void end().finally(() => process.exit(status)))
}
await using peers = await starting
const measured = await runBench(peers.all, quick ? QUICK : WHOLE, only, (figure) => console.log(JSON.stringify(figure)))
console.log(`\n${goalTable(measured, 'gatebook')}`)

function readArguments(): { quick: boolean; only: readonly Measurement[]; before: string | undefined } {
  const string = { type: 'string' } as const
  try {
    const { values } = parseArgs({
      options: { quick: { type: 'boolean', default: false }, only: { ...string, multiple: true }, before: string },
    })
    const wanted = values.only ?? measurementNames
    const unknown = wanted.find((name) => !measurementNames.some((known) => known === name))
    if (unknown !== undefined) throw new Error(`nothing is called ${unknown}`)
    const missing = findProgram('ansible-playbook') === undefined
    if (missing && wanted.includes('ansible'))
      process.stderr.write('NOT MEASURED: ansible; apt-get install ansible-core\n')
    const can = measurementNames.filter((name) => wanted.includes(name) && !(missing && name === 'ansible'))
    return { ...values, only: can, before: values.before }
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}`)
    process.exit(2)
  }
}
