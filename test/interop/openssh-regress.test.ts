import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseForwarding } from '#gateway/access/forwarding.ts'
import { testGateway, type TestGateway } from '#test/harness/gateway.ts'
import { SUITE, testedSsh, type Route } from '#test/harness/openssh-suite-programs.ts'
import { installedScripts, PATIENCE_MS, runScript } from '#test/harness/openssh-suite.ts'
import { needs } from '#test/harness/requirement.ts'
import { run } from '#test/harness/ssh.ts'
import { scripts, type LeftOut, type Run } from './openssh-scripts.ts'

const routes: readonly Route[] = ['plain', 'jump']
const suite = needs(existsSync(`${SUITE}/test-exec.sh`), "OpenSSH's regression suite", 'apt-get install openssh-tests')
const installed = suite.skip === true ? [] : await installedScripts()
const running = installed.flatMap((name) => {
  const script = scripts[name]
  return script !== undefined && 'edits' in script ? [[name, script] as const] : []
})

describe("OpenSSH's own regression scripts", suite, () => {
  const passed = new Map<string, string[]>()
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await testGateway()
    const forward = parseForwarding('dynamic,remote,streamlocal')
    await gateway.stores.clients.set('acme', { policy: { forward } }, 'test')
  })
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]()
    const { stderr } = await run(testedSsh, ['-V'])
    const accounts = installed.map((name) => `  ${name}: ${accountOf(scripts[name], passed.get(name))}`)
    console.log([`${SUITE} with ${stderr.trim()}:`, ...accounts].join('\n'))
  })

  it('are all known: each runs, or it is said why not', () => {
    expect(installed.filter((name) => scripts[name] === undefined)).toEqual([])
  })

  describe.concurrent.each(routes)('%s', (route) => {
    const these = running.filter(([, script]) => route === 'plain' || script.plainOnly !== true)
    it.for(these)('%s', { timeout: 2 * PATIENCE_MS }, async ([name, script], { task, skip }) => {
      const { status, output, sessions } = await runScript(gateway, name, { route, edits: script.edits })
      expect(status, output).toBe(0)
      const wanting = /^SKIPPED: (.+)/m.exec(output)?.[1]
      if (wanting !== undefined) {
        Object.assign(task.meta, needs(false, wanting, 'run the tests as root').meta)
        skip()
      }
      expect(sessions, 'on record').toBeGreaterThan(0)
      passed.set(name, [...(passed.get(name) ?? []), `${route} with ${sessions} sessions`])
    })
  })
})

function accountOf(script: Run | LeftOut | undefined, passed: readonly string[] = []): string {
  if (script === undefined) return 'not known'
  if ('leftOut' in script) return `left out: ${script.leftOut}`
  const how = script.but === undefined ? '' : `, but ${script.but}`
  return passed.length === 0 ? `DID NOT PASS${how}` : `passed (${passed.join(', ')})${how}`
}
