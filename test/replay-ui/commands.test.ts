import { describe, expect, it, vi } from 'vitest'
import { newSignInLink } from '#gateway/access/sign-in-link.ts'
import { systemClock } from '#gateway/clock.ts'
import { recordSession } from '#test/api/recorded-session.ts'
import { startBrowser } from '#test/harness/browser.ts'
import { testGateway } from '#test/harness/gateway.ts'
import { needsProgram } from '#test/harness/requirement.ts'

describe('the commands of a session on its page', needsProgram('chromium', 'chromium'), () => {
  it('are listed when the gateway has read them, and each leads to its moment', async () => {
    const gateway = await testGateway()
    const target = await gateway.addTarget('box', { kind: 'local-shell' })
    const startedAt = new Date('2026-11-20T20:30:00Z')
    // Another gateway's session, of some days ago: a gateway that starts finds it unread.
    const id = await recordSession(gateway.stores, { staff: gateway.staff, target, startedAt, endedAfterS: 120 })
    await using again = await gateway.restart()
    await vi.waitFor(async () => expect(await again.stores.searchIndex.notRead(id)).toEqual([]), { timeout: 10_000 })
    await using browser = await startBrowser()
    const page = await browser.newPage()
    const publicUrl = `http://127.0.0.1:${again.httpPort}`
    const principal = { kind: 'staff', staffId: gateway.staff.id } as const
    await page.goto(await newSignInLink({ ...again.stores, clock: systemClock, publicUrl }, principal))
    await page.getByRole('link', { name: /box\.acme/ }).click()

    const commands = page.getByRole('region', { name: /Commands/ })
    await commands.getByText('uptime').waitFor()
    expect(await commands.getByRole('row').nth(1).innerText()).toMatch(/0:02\s+ls\s+.*the screen/s)
    await commands.getByRole('link', { name: '0:00' }).click()
    await expect.poll(() => page.url()).toContain('channel=1&t=0.5')
    await commands.getByRole('link', { name: '0:02' }).click()
    await expect.poll(() => page.url()).toContain('channel=0&t=2.0')
    await expect.poll(() => page.getByRole('slider').getAttribute('aria-valuetext')).toMatch(/^0:02 of/)
  })
})
