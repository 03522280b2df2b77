import { describe, expect, it } from 'vitest'
import { contractTerms } from '#shared/contract.ts'
import { newSignInLink } from '#gateway/access/sign-in-link.ts'
import { systemClock } from '#gateway/clock.ts'
import { recordSession } from '#test/api/recorded-session.ts'
import { startBrowser } from '#test/harness/browser.ts'
import { testGateway } from '#test/harness/gateway.ts'
import { needsProgram } from '#test/harness/requirement.ts'

describe("the page of a client's month", needsProgram('chromium', 'chromium'), () => {
  it('shows a client what is left of the package, and leads from a line of work to its recording', async () => {
    await using gateway = await testGateway()
    const { stores, staff } = gateway
    const target = await gateway.addTarget('box', { kind: 'local-shell' })
    const terms = contractTerms.parse({ packageMinutes: 10, rateMinorPerHour: 200_000, currency: 'RUB' })
    await stores.contracts.enter('acme', { validFrom: '2026-10-01', terms }, 'test')
    const startedAt = new Date('2026-10-12T09:00:00Z')
    const session = await recordSession(stores, { staff, target, startedAt, endedAfterS: 120 })
    await using browser = await startBrowser()
    const page = await browser.newPage()
    const publicUrl = `http://127.0.0.1:${gateway.httpPort}`
    const viewer = { kind: 'client-user', clientId: target.clientId, role: 'viewer' } as const
    await page.goto(await newSignInLink({ ...stores, clock: systemClock, publicUrl }, viewer))

    await page.getByRole('link', { name: 'Package and statement' }).click()
    await page.getByRole('heading', { name: 'Package' }).waitFor()
    await page.goto(`${publicUrl}/clients/acme/months/2026-10`)
    await page.getByText('Not closed: the numbers may still change.').waitFor()
    expect(await page.locator('.balance').innerText()).toMatch(/Included\s+10 min\s+Used\s+2 min\s+Left\s+8 min/)
    await page
      .getByRole('row', { name: /box\.acme ivan 2:00 2/ })
      .getByRole('link')
      .click()
    await expect.poll(() => new URL(page.url()).pathname).toBe(`/sessions/${session}`)
  })
})
