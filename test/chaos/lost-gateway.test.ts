import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { verificationView } from '#gateway/recording/seal/verification-view.ts'
import { verdictOnRecord } from '#gateway/session/verify-recorded-session.ts'
import { gatewayProcess } from '#test/harness/gateway-process.ts'
import { reachable } from '#test/harness/reachable.ts'
import { bytesOf, recordedEvents } from '#test/harness/recorded.ts'
import { needsSshdTerminals } from '#test/harness/requirement.ts'
import { finished, startSsh } from '#test/harness/ssh.ts'
import { openTerminal } from '#test/harness/terminal.ts'

const LEASE = { GATEBOOK_LEASE_S: '4' }
/** A lease that runs out, and the steady one of whoever reaps. */
const patience = { timeout: 20_000, interval: 50 }

/** An installation with two gateways: one in this process, which stays, and one that can be killed. */
async function twoGateways() {
  const world = await reachable({ environment: LEASE })
  onTestFinished(() => world[Symbol.asyncDispose]())
  const { directory, database, keyFile, stores } = world.gateway
  const start = async () => {
    const other = await gatewayProcess({
      environment: {
        ...LEASE,
        DATABASE_URL: database.url,
        GATEBOOK_DATA: join(directory, 'other'),
        GATEBOOK_MASTER_KEY_FILE: join(directory, 'data', 'master.key'),
      },
    })
    onTestFinished(() => void other.child.kill('SIGKILL'))
    return other
  }
  const newest = async () => {
    const [session] = await stores.sessions.list({ limit: 1 })
    if (session === undefined) throw new Error('no session')
    return session
  }
  const verdict = async (id: string) => verificationView(id, await verdictOnRecord(stores, id))
  const door = (sshPort: number) => ({ sshPort, keyFile })
  return { ...world, stores, start, newest, verdict, door }
}

describe('a gateway that is gone', needsSshdTerminals(), () => {
  it(
    'has its sessions closed by the other, and delivers what it had when it is back',
    { timeout: 60_000 },
    async () => {
      const { gateway, stores, start, newest, verdict, door } = await twoGateways()
      const staying = openTerminal(gateway, 'web1.acme', ['echo in; cat'])
      await staying.until('in\r\n')
      let other = await start()
      const command = 'echo ready; read go; seq 1 100000000'
      const flood = startSsh(door(other.sshPort), 'web1.acme', ['-tt', '--', command])
      const ended = finished(flood)
      await vi.waitFor(async () => expect((await newest()).bytesOut).toBe('ready\r\n'.length), patience)
      const { id } = await newest()
      // Bulk goes to PostgreSQL later: the rest is on the journal alone.
      flood.stdin.write('\r')
      for (let bytes = 0; bytes < 1_000_000;) bytes += ((await once(flood.stdout, 'data')) as [Buffer])[0].length
      await other.end('SIGKILL')
      const received = (await ended).stdout

      const lost = await vi.waitFor(async () => {
        expect((await stores.sessionLog.statements(id)).log).toHaveLength(2)
        return newest()
      }, patience)
      expect(lost).toMatchObject({ id, state: 'interrupted', endReason: 'gateway lost' })
      const lastUs = (await recordedEvents({ stores }, id)).at(-1)?.atUs
      expect(lost.lengthUs).toBe(lastUs)
      expect(lost.endedAt).toEqual(new Date(lost.startedAt.getTime() + Math.floor(lost.lengthUs / 1000)))
      expect(await verdict(id)).toMatchObject({ verdict: 'intact', state: 'interrupted' })
      const live = await stores.sessions.list({ limit: 10, liveOnly: true })
      expect(live.map(({ staff }) => staff)).toEqual(['ivan'])
      staying.type('here\r')
      await staying.until('here\r\nhere')

      other = await start()
      const recorded = bytesOf(await recordedEvents({ stores }, id), 'output')
      expect(recorded.subarray(0, received.length).equals(received)).toBe(true)
      expect(await newest()).toMatchObject({ id, state: 'interrupted', bytesOut: recorded.length })
      expect(await verdict(id)).toMatchObject({ verdict: 'intact', state: 'interrupted' })
      staying.type('\x04')
      expect(await staying.ended).toBe(0)
    },
  )

  it('only seemed so when it was frozen: its sessions go on, and are whole', { timeout: 60_000 }, async () => {
    const { stores, start, newest, verdict, door } = await twoGateways()
    const other = await start()
    const terminal = openTerminal(door(other.sshPort), 'web1.acme', ['echo in; cat'])
    await terminal.until('in\r\n')
    const { id } = await newest()
    other.child.kill('SIGSTOP')
    await vi.waitFor(async () => expect((await newest()).endReason).toBe('gateway lost'), patience)
    await vi.waitFor(async () => expect((await stores.sessionLog.statements(id)).log).toHaveLength(2), patience)
    expect(await stores.sessions.list({ limit: 10, liveOnly: true })).toEqual([])
    other.child.kill('SIGCONT')
    await vi.waitFor(
      async () => expect(await newest()).toMatchObject({ state: 'live', endReason: undefined }),
      patience,
    )
    expect(await verdict(id)).toMatchObject({ verdict: 'intact', state: 'open' })
    terminal.type('back\r')
    await terminal.until('back\r\nback')
    terminal.type('\x04')
    expect(await terminal.ended).toBe(0)
    await vi.waitFor(async () => expect((await newest()).state).toBe('ended'), patience)
    expect(await verdict(id)).toMatchObject({ verdict: 'intact', state: 'sealed' })
    expect((await stores.sessionLog.statements(id)).log).toHaveLength(3)
  })
})
