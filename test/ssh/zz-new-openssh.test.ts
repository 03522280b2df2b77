import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { it, expect } from 'vitest'
import { reachable } from '#test/harness/reachable.ts'
import { sshArguments, finished } from '#test/harness/ssh.ts'
import { connectTarget } from '#gateway/target/connect-target.ts'
const B = '/tmp/openssh-build'
it('new ssh', async () => {
  await using world = await reachable()
  const args = sshArguments(world.gateway, 'web1.acme', ['-v', '-o', 'LogLevel=DEBUG', '--', 'echo in'])
  const r = await finished(spawn(`${B}/ssh`, args), '')
  console.log(r.stdout.toString(), r.stderr.split('\n').filter((l) => /kex|WARN|post-quantum|sig-algs|strict|quantum/i.test(l)).join('\n'))
  expect(r.stdout.toString()).toBe('in\n')
  const quiet = await finished(spawn(`${B}/ssh`, sshArguments(world.gateway, 'web1.acme', ['-o', 'LogLevel=INFO', '--', 'echo in'])), '')
  console.log('INFO stderr:', JSON.stringify(quiet.stderr))
  const warn = await finished(spawn(`${B}/ssh`, sshArguments(world.gateway, 'web1.acme', ['-o', 'LogLevel=INFO', '-o', 'KexAlgorithms=curve25519-sha256', '--', 'echo in'])), '')
  console.log('curve stderr:', JSON.stringify(warn.stderr))
  // rekey under load
  const big = await finished(spawn(`${B}/ssh`, sshArguments(world.gateway, 'web1.acme', ['-o', 'RekeyLimit=1M', '--', 'head -c 20000000 /dev/zero'])), '')
  expect(big.stdout.length).toBe(20000000)
}, 60000)
