import { execFileSync, spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { mkdtemp, open, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { reachable } from '#test/harness/reachable.ts'
import { bytesOf, recordedEvents } from '#test/harness/recorded.ts'
import { needsSshdTerminals, type Requirement } from '#test/harness/requirement.ts'
import { ssh } from '#test/harness/ssh.ts'

const DISK_BYTES = 12 * 1024 * 1024
const LEFT_BYTES = 2 * 1024 * 1024

/** A file system of its own, as small as that. */
async function smallDisk(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'gatebook-disk-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', directory])
  onTestFinished(() => void execFileSync('umount', ['--lazy', directory]))
  return directory
}

/** Fills the disk up to `leave` bytes; gives the file that does. */
async function fill(disk: string, leave: number): Promise<string> {
  const path = join(disk, 'ballast')
  await using file = await open(path, 'w')
  let size = 0
  try {
    for (;;) size += (await file.write(Buffer.alloc(64 * 1024))).bytesWritten
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' })
  }
  await truncate(path, size - leave)
  return path
}

/** Containers often forbid it, to root too: then the test is skipped, on CI as well, and the run says so. */
function mayMount(): Requirement {
  const missing = { what: 'the right to mount a tmpfs', remedy: 'run as root, in a container with CAP_SYS_ADMIN' }
  if (process.getuid?.() !== 0) return { skip: true, meta: { missing } }
  const trial = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()])
  return trial.status === 0 ? {} : { skip: true, meta: { missing } }
}

describe('a full disk', needsSshdTerminals(), () => {
  it('ends sessions with the reason; what was seen is on record, and with room all is well', mayMount(), async () => {
    const disk = await smallDisk()
    await using world = await reachable({ environment: { GATEBOOK_DATA: join(disk, 'data') } })
    const ballast = await fill(disk, LEFT_BYTES)
    const { stdout, stderr, status } = await ssh(world.gateway, 'web1.acme', ['-tt', '--', 'seq 1 100000000'])
    expect(status).toBe(255)
    expect(stderr).toMatch(/gatebook: the journal cannot be written: .*no space left/i)
    const again = await ssh(world.gateway, 'web1.acme', ['echo in'])
    expect([again.stdout.toString(), again.status]).toEqual(['', 255])
    expect(again.stderr).toMatch(/^gatebook: the journal cannot be written: .*no space left/i)

    rmSync(ballast)
    const restarted = await world.gateway.restart()
    onTestFinished(() => restarted.close())
    const [session] = await restarted.stores.sessions.list({ limit: 1 })
    expect(session?.state).toBe('interrupted')
    const recorded = bytesOf(await recordedEvents(restarted, session?.id ?? ''), 'output')
    expect(stdout.length).toBeGreaterThan(100_000)
    expect(recorded.subarray(0, stdout.length).equals(stdout)).toBe(true)
    expect((await ssh(restarted, 'web1.acme', ['echo in'])).stdout.toString()).toBe('in\n')
    await restarted.close()
  })
})
