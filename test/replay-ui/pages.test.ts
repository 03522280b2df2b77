import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { newSignInLink } from '#gateway/access/sign-in-link.ts'
import type { Principal } from '#gateway/access/sign-in.ts'
import { systemClock } from '#gateway/clock.ts'
import { startBrowser } from '#test/harness/browser.ts'
import { addStaff, type TestGateway, testGateway } from '#test/harness/gateway.ts'
import { needsProgram } from '#test/harness/requirement.ts'
import { startSsh } from '#test/harness/ssh.ts'

/** Opens the pages of the gateway as somebody who has just been given a link. */
async function signIn(page: Page, gateway: TestGateway, principal: Principal): Promise<void> {
  const publicUrl = `http://127.0.0.1:${gateway.httpPort}`
  await page.goto(await newSignInLink({ ...gateway.stores, clock: systemClock, publicUrl }, principal))
}

/** Somebody at work on `box.acme`. */
function openTerminal(gateway: TestGateway) {
  const client = startSsh(gateway, 'box.acme', ['-tt'])
  let screen = ''
  const show = (chunk: Buffer) => (screen += chunk.toString())
  client.stdout.on('data', show)
  client.stderr.on('data', show)
  return {
    type: (text: string) => client.stdin.write(text),
    screen: () => screen,
    closed: new Promise<number | null>((resolve) => client.once('close', resolve)),
  }
}

describe('the pages of a running gateway', needsProgram('chromium', 'chromium'), () => {
  it('lead an engineer from the list to the replay, key by key, and on to the minutes', async () => {
    await using gateway = await testGateway()
    await gateway.addTarget('box', { kind: 'local-shell' })
    const terminal = openTerminal(gateway)
    await expect.poll(terminal.screen).toMatch(/[$#] /)
    terminal.type('echo replayed-here\r')
    await expect.poll(terminal.screen).toMatch(/\rreplayed-here\r[^]*[$#] /)
    terminal.type('exit\r')
    expect(await terminal.closed).toBe(0)
    await using browser = await startBrowser()
    const page = await browser.newPage()
    await signIn(page, gateway, { kind: 'staff', staffId: gateway.staff.id })

    await page.getByRole('link', { name: /box\.acme/ }).click()
    await page.getByText(/^sealed, verified to 0:\d\d$/).waitFor()
    await page.getByRole('button', { name: 'Enter' }).last().click()
    await expect.poll(() => page.locator('.ap-term').innerText()).toContain('echo replayed-here')

    const replayAddress = new URL(page.url()).pathname
    await page.getByRole('link', { name: 'Minutes' }).click()
    await page.getByRole('row', { name: /ivan/ }).getByRole('link').click()
    await expect.poll(() => new URL(page.url()).pathname).toBe(replayAddress)
  })

  it('let a client revoke the key alone, which ends the live session and says why', async () => {
    await using gateway = await testGateway()
    await gateway.addTarget('box', { kind: 'local-shell' })
    const terminal = openTerminal(gateway)
    await expect.poll(terminal.screen).toMatch(/[$#] /)

    await using browser = await startBrowser()
    const page = await browser.newPage()
    await signIn(page, gateway, { kind: 'client-user', clientId: gateway.client.id, role: 'owner' })
    await page.getByRole('button', { name: /Revoke/ }).click()
    await page.getByRole('dialog').getByRole('textbox').fill('acme')
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /Revoke/ })
      .click()

    expect(await terminal.closed).toBe(255)
    expect(terminal.screen()).toContain('the support key of acme was revoked by client:acme')
    await page.getByText('revoked').first().waitFor()
  })

  it('show an auditor what happens in a live session, and go back to the replay', async () => {
    await using gateway = await testGateway()
    await gateway.addTarget('box', { kind: 'local-shell' })
    const auditor = await addStaff(gateway, gateway.directory, 'anna', ['auditor'])
    const terminal = openTerminal(gateway)
    await expect.poll(terminal.screen).toMatch(/[$#] /)
    terminal.type('echo before-that\r')
    await expect.poll(terminal.screen).toMatch(/\rbefore-that\r/)

    await using browser = await startBrowser()
    const page = await browser.newPage()
    await signIn(page, gateway, { kind: 'staff', staffId: auditor.id })
    await page.getByRole('link', { name: /box\.acme/ }).click()
    await page.getByRole('button', { name: 'Watch live' }).click()
    const shown = () => page.locator('.ap-term').innerText()
    await expect.poll(shown, { timeout: 10_000 }).toContain('before-that')
    terminal.type('typed-now')
    await expect.poll(shown, { timeout: 10_000 }).toContain('typed-now')
    terminal.type('\rexit\r')
    expect(await terminal.closed).not.toBe(255)
    await page.getByText('It is over. The replay has all of it.').waitFor()
    await page.getByRole('button', { name: 'Back to the replay' }).click()
    await page.getByText(/^sealed, verified to/).waitFor()
  })

  it('let an auditor end a live session with a word to its person', async () => {
    await using gateway = await testGateway()
    await gateway.addTarget('box', { kind: 'local-shell' })
    const auditor = await addStaff(gateway, gateway.directory, 'anna', ['auditor'])
    const terminal = openTerminal(gateway)
    await expect.poll(terminal.screen).toMatch(/[$#] /)

    await using browser = await startBrowser()
    const page = await browser.newPage()
    await signIn(page, gateway, { kind: 'staff', staffId: auditor.id })
    await page.getByRole('link', { name: /box\.acme/ }).click()
    await page.getByRole('button', { name: 'End…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox').fill('the client asked us to stop')
    await dialog.getByRole('button', { name: 'End the session' }).click()

    expect(await terminal.closed).toBe(255)
    expect(terminal.screen()).toContain('gatebook: ended by staff:anna: the client asked us to stop')
    await page.getByText('ended by staff:anna: the client asked us to stop').waitFor()
    expect(await page.getByRole('button', { name: 'End…' }).count()).toBe(0)
  })

  it('show the audit trail, narrowed in the address, and of it to a client what concerns them', async () => {
    await using gateway = await testGateway()
    await gateway.stores.clients.add({ slug: 'zeta', name: 'Zeta', zone: 'UTC', language: 'en' }, 'operator')
    await using browser = await startBrowser()
    const page = await browser.newPage()
    const auditor = await addStaff(gateway, gateway.directory, 'anna', ['auditor'])
    await signIn(page, gateway, { kind: 'staff', staffId: auditor.id })
    await page.getByRole('link', { name: 'Audit trail' }).click()
    await page.getByRole('cell', { name: 'client:zeta' }).waitFor()
    await page.getByLabel(/^Did what/).fill('support-key.')
    await page.getByLabel(/^Did what/).press('Enter')
    await page.getByRole('cell', { name: 'support-key.issue' }).waitFor()
    expect(await page.getByRole('cell', { name: 'client:zeta' }).count()).toBe(0)
    expect(new URL(page.url()).search).toBe('?action=support-key.')

    const theirs = await browser.newPage()
    await signIn(theirs, gateway, { kind: 'client-user', clientId: gateway.client.id, role: 'viewer' })
    await theirs.getByRole('link', { name: 'Audit trail' }).click()
    await theirs.getByRole('cell', { name: 'client.add' }).waitFor()
    expect(await theirs.getByRole('cell', { name: 'client:zeta' }).count()).toBe(0)
  })

  it('let a client raise a task, and staff close it', async () => {
    await using gateway = await testGateway()
    await using browser = await startBrowser()
    const owner = await browser.newPage()
    await signIn(owner, gateway, { kind: 'client-user', clientId: gateway.client.id, role: 'viewer' })
    await owner.getByRole('button', { name: 'Raise a task' }).click()
    const dialog = owner.getByRole('dialog')
    await dialog.getByLabel('What is to be done').fill('The shop is <b>down</b>')
    await dialog.getByLabel('Kind').selectOption('incident')
    await dialog.getByLabel('What else is known').fill('since midnight')
    await dialog.getByRole('button', { name: 'Raise' }).click()
    await owner
      .getByRole('row', { name: /ACME-1 .*The shop is <b>down<\/b>.*since midnight.*by client:acme/ })
      .waitFor()
    // A viewer raises only.
    expect(await owner.getByRole('button', { name: 'Close ACME-1' }).count()).toBe(0)

    const staff = await browser.newPage()
    await signIn(staff, gateway, { kind: 'staff', staffId: gateway.staff.id })
    await staff.getByRole('link', { name: 'Clients' }).click()
    await staff.getByRole('link', { name: 'Acme' }).click()
    await staff.getByRole('button', { name: 'Close ACME-1' }).click()
    await staff.getByText('No task is open.').waitFor()
    await staff.getByRole('button', { name: 'Closed', exact: true }).click()
    await staff.getByRole('button', { name: 'Reopen ACME-1' }).waitFor()
    expect(await gateway.stores.tasks.byName({ clientSlug: 'acme', sequence: 1 })).toMatchObject({
      status: 'closed',
      closedBy: 'staff:ivan',
    })
    await staff.getByRole('link', { name: 'ACME-1' }).click()
    await staff.getByText('No sessions match.').waitFor()
    expect(await staff.getByLabel('Task').inputValue()).toBe('ACME-1')
  })
})
