import { expect, it } from 'vitest'
import { parseForwarding } from '#gateway/access/forwarding.ts'
import { newSignInLink } from '#gateway/access/sign-in-link.ts'
import { systemClock } from '#gateway/clock.ts'
import { startBrowser } from '#test/harness/browser.ts'
import { echoServer, saidBack } from '#test/harness/echo-server.ts'
import { forwarding } from '#test/harness/either-way.ts'
import { reachable } from '#test/harness/reachable.ts'
import { newestEndedSession } from '#test/harness/recorded.ts'
import { needsProgram } from '#test/harness/requirement.ts'
import { freePort } from '#test/harness/sshd.ts'

const needs = { ...needsProgram('chromium', 'chromium'), ...needsProgram('sshd', 'openssh-server') }

it(
  'the page of a session shows where a forward led and how much passed, and opens with what ran beside it',
  needs,
  async () => {
    await using echo = await echoServer()
    await using world = await reachable()
    const { gateway } = world
    await gateway.stores.clients.set('acme', { policy: { forward: parseForwarding('dynamic') } }, 'test')
    const [port, place] = [await freePort(), `127.0.0.1:${echo.port}`]
    {
      await using _ = await forwarding(world, 'plain', '-L', `${port}:${place}`)
      await saidBack({ port }, Buffer.alloc(2500))
    }
    const { id } = await newestEndedSession(gateway)
    const channels = await gateway.stores.sessions.channels(id)
    const forward = channels.find(({ kind }) => kind === 'local-forward')

    await using browser = await startBrowser()
    const page = await browser.newPage()
    const publicUrl = `http://127.0.0.1:${gateway.httpPort}`
    const reader = { kind: 'staff', staffId: gateway.staff.id } as const
    await page.goto(await newSignInLink({ ...gateway.stores, clock: systemClock, publicUrl }, reader))
    await page.getByRole('link', { name: /web1\.acme/ }).click()
    expect(await page.getByRole('radio', { name: /Command/ }).isChecked()).toBe(true)
    await page.locator('.ap-term').waitFor()
    await page.getByRole('radio', { name: new RegExp(`Forward to ${place}`) }).check({ force: true })
    await page.getByText('its content is not on record').waitFor()
    expect(await page.getByText('2.5 kB (2,500 bytes)').count()).toBe(2)
    expect(new URL(page.url()).searchParams.get('channel')).toBe(String(forward?.channel))
  },
)
