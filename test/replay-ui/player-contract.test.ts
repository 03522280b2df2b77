import type { Options } from 'asciinema-player'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBrowser, type TestBrowser } from '#test/harness/browser.ts'
import { needsProgram } from '#test/harness/requirement.ts'
import type { createSegmentedPlayer, SegmentedPlayer } from '../../replay-ui/player/segmented-player.ts'
import { type PlayerStand, startPlayerStand } from './player-stand.ts'

declare const pagesPlayer: { readonly createSegmentedPlayer: typeof createSegmentedPlayer }
/** What a test keeps in the page: the player and everything it told, in order. */
declare const window: { player: SegmentedPlayer; told: string[]; reached: (told: string) => Promise<void> }

/** asciinema-player's segmented driver is undocumented: these are the promises the pages stand on. */
describe('the segmented driver of asciinema-player', needsProgram('chromium', 'chromium'), () => {
  let browser: TestBrowser
  beforeAll(async () => {
    browser = await startBrowser()
  })
  afterAll(async () => await browser[Symbol.asyncDispose]())

  it('opens in the middle with the segment of that moment alone, under our security policy', async () => {
    await using stand = await startPlayerStand()
    const page = await openPlayer(stand, { startAt: 1 })
    await page.evaluate(() => window.player.seek(1))
    await screenShows(page, 'SNAPSHOT-ONE', 'two')
    expect(stand.asked).toEqual(['index', 'segment/1'])
    expect(await page.evaluate(() => [window.player.getDuration(), window.player.getCurrentTime()])).toEqual([2, 1])
    expect(await page.evaluate(() => window.told)).toEqual([])
  })

  it('opens at the very beginning of a recording and draws what is there', async () => {
    await using stand = await startPlayerStand()
    const page = await openPlayer(stand, { startAt: 0 })
    await page.evaluate(() => window.player.seek(0))
    await screenShows(page, 'one')
  })

  it('plays on from the moment it was opened at, on the screen of that moment', async () => {
    await using stand = await startPlayerStand()
    const page = await openPlayer(stand, { startAt: 1 })
    await page.evaluate(async () => {
      await window.player.seek(1)
      await window.player.play()
      await window.reached('input \u0003')
      await window.player.pause()
    })
    await screenShows(page, 'SNAPSHOT-ONE', 'two')
    expect(await page.evaluate(() => window.told)).toEqual(['play', 'input \u0003', 'pause'])
  })

  it('plays from segment to segment to the end, telling each key that was pressed', async () => {
    await using stand = await startPlayerStand()
    const page = await openPlayer(stand, { speed: 4 })
    await page.evaluate(async () => {
      await window.player.play()
      await window.reached('ended')
    })
    await screenShows(page, 'one ls', 'two ^C', 'three end')
    expect(await page.evaluate(() => window.told)).toEqual(['play', 'input l', 'input s', 'input \u0003', 'ended'])
    expect(await page.evaluate(() => window.player.getCurrentTime())).toBe(2)
    expect(stand.asked).toEqual(['index', 'segment/0', 'segment/1', 'segment/2'])
  })

  it('seeks on and back to the screen of the moment', async () => {
    await using stand = await startPlayerStand()
    const page = await openPlayer(stand, {})
    await page.evaluate(() => window.player.seek(1.5))
    await screenShows(page, 'SNAPSHOT-TWO', 'three')
    await page.evaluate(() => window.player.seek(0.45))
    await screenShows(page, 'one l')
    expect(await screenText(page)).not.toContain('SNAPSHOT')
    expect(await page.evaluate(() => window.player.getCurrentTime())).toBe(0.45)
  })

  it('counts an event at the very moment it was sent to as played', async () => {
    await using stand = await startPlayerStand()
    const page = await openPlayer(stand, {})
    await page.evaluate(() => window.player.seek(0.4))
    await screenShows(page, 'one l')
  })

  it('pauses and plays on', async () => {
    await using stand = await startPlayerStand()
    const page = await openPlayer(stand, { speed: 0.5 })
    await page.evaluate(async () => {
      await window.player.play()
      await window.reached('input l')
      await window.player.pause()
    })
    const pausedAt = await page.evaluate(() => window.player.getCurrentTime())
    expect(pausedAt).toBeGreaterThan(0)
    expect(await page.evaluate(() => window.player.getCurrentTime())).toBe(pausedAt)
    await page.evaluate(() => window.player.play())
    expect(await page.evaluate(() => window.told.slice(0, 4))).toEqual(['play', 'input l', 'pause', 'play'])
  })

  it('tells when a segment cannot be had', async () => {
    await using stand = await startPlayerStand()
    stand.breakPath('segment/2')
    const page = await openPlayer(stand, {})
    await page.evaluate(() => window.player.seek(1.6).catch(() => {}))
    await page.evaluate(() => window.reached('error'))
  })

  async function openPlayer(stand: PlayerStand, options: Options): Promise<Page> {
    const page = await browser.newPage()
    await page.goto(stand.url)
    await page.evaluate((given) => {
      const screen = document.querySelector<HTMLElement>('#screen')
      if (screen === null) throw new Error('the stand has no screen')
      const listeners = new Set<() => void>()
      const tell = (what: string) => {
        window.told.push(what)
        for (const listener of listeners) listener()
      }
      window.told = []
      window.reached = (told) =>
        new Promise((resolve) => {
          const look = () => window.told.includes(told) && resolve()
          listeners.add(look)
          look()
        })
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) =>
        tell(`broke ${effectiveDirective}`),
      )
      const all = { preload: true, controls: false, fit: 'both', ...given } as const
      const player = pagesPlayer.createSegmentedPlayer('/recording/index', screen, all)
      for (const name of ['play', 'pause', 'ended'] as const) player.addEventListener(name, () => tell(name))
      player.addEventListener('input', ({ data }) => tell(`input ${data}`))
      player.addEventListener('error', () => tell('error'))
      window.player = player
    }, options)
    return page
  }
})

async function screenText(page: Page): Promise<string> {
  return await page.locator('.ap-term-text').innerText()
}

/** Waits until the screen shows all of these; the player draws once a frame. */
async function screenShows(page: Page, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) await page.locator('.ap-term-text', { hasText: text }).waitFor({ timeout: 10_000 })
}
