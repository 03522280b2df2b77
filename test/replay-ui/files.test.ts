import { describe, expect, it } from 'vitest'
import { newSignInLink } from '#gateway/access/sign-in-link.ts'
import { systemClock } from '#gateway/clock.ts'
import { addFiles, recordSession } from '#test/api/recorded-session.ts'
import { startBrowser } from '#test/harness/browser.ts'
import { testGateway } from '#test/harness/gateway.ts'
import { needsProgram } from '#test/harness/requirement.ts'

describe('the files of a session on its page', needsProgram('chromium', 'chromium'), () => {
  it('are listed whatever they are called, and each leads to its moment', async () => {
    await using gateway = await testGateway()
    const target = await gateway.addTarget('box', { kind: 'local-shell' })
    const startedAt = new Date('2026-11-20T20:30:00Z')
    const id = await recordSession(gateway.stores, { staff: gateway.staff, target, startedAt, endedAfterS: 120 })
    await addFiles(gateway.stores, id, [
      {
        operation: 'transfer',
        direction: 'upload',
        path: '/srv/x',
        bytes: 5000,
        sha256: 'ab'.repeat(32),
        result: 'ok',
      },
      { operation: 'remove', path: Buffer.from('/<b>caf\xe9\u202e', 'latin1'), result: 'failed', note: 'no such file' },
      ...Array.from({ length: 300 }, (_, at) => ({ operation: 'mkdir', path: `/dir${at}`, result: 'ok' }) as const),
    ])
    await using browser = await startBrowser()
    const page = await browser.newPage()
    const publicUrl = `http://127.0.0.1:${gateway.httpPort}`
    const principal = { kind: 'staff', staffId: gateway.staff.id } as const
    await page.goto(await newSignInLink({ ...gateway.stores, clock: systemClock, publicUrl }, principal))
    await page.getByRole('link', { name: /box\.acme/ }).click()

    const files = page.getByRole('region', { name: /Files/ })
    await files.getByText('/srv/x').waitFor()
    expect(await files.getByRole('row').nth(1).innerText()).toMatch(
      /1:10\s+upload\s+\/srv\/x\s+5\.0 kB\s+ok\s+abababababab…/,
    )
    expect(await files.getByRole('row').nth(2).innerText()).toMatch(/\/<b>caf\\xe9.*\s+failed no such file/)

    const position = page.getByRole('slider')
    await files.getByRole('link', { name: '1:11' }).click()
    await expect.poll(() => page.url()).toContain('channel=2&t=71.0')
    // The channel was opened at 1:09.
    await expect.poll(() => position.getAttribute('aria-valuetext')).toMatch(/^0:02 of/)
    await files.getByRole('link', { name: '1:15' }).click()
    await expect.poll(() => position.getAttribute('aria-valuetext')).toMatch(/^0:06 of/)

    expect(await files.getByText('/dir250').count()).toBe(0)
    await files.getByRole('button', { name: 'Show more files' }).click()
    await files.getByText('/dir250').waitFor()
  })
})
