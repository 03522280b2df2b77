import { spawnSync } from 'node:child_process'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createVault } from '#gateway/vault/seal.ts'
import { Journal } from '#gateway/recording/journal.ts'

/** Run by journal.test.ts: appends until files may grow no more, then tells what was forwarded. */
const [directory = '', limit = ''] = process.argv.slice(2)
// A file beyond the limit gets a short write and then EFBIG, as a full disk gives a short write and ENOSPC.
process.on('SIGXFSZ', () => {})
spawnSync('prlimit', [`--pid=${process.pid}`, `--fsize=${limit}`])
let failure = ''
let forwarded = 0
const journal = new Journal({
  vault: createVault(Buffer.alloc(32)),
  directory,
  durability: 'process',
  maxBytes: 2 ** 30,
  onFailure: ({ message }) => (failure = message),
})
for (let seq = 0; failure === '' && seq < 1000; seq++) {
  const sessionId = '0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee'
  const record = { sessionId, channel: 1, seq, atUs: seq, kind: 'output', data: Buffer.alloc(1000) } as const
  journal.append(record, () => forwarded++)
  await nextTurn()
}
process.send?.({ forwarded, failure })
