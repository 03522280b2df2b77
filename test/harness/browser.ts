import { type Browser, chromium, type Page } from 'playwright-core'
import { findProgram } from './requirement.ts'

/** A headless Chromium of this machine. */
export interface TestBrowser extends AsyncDisposable {
  /** A page of a fresh profile: no cookies, no cache. Closed with the browser. */
  newPage(): Promise<Page>
}

/**
 * Tests open pages of their own only, so Chromium's sandbox protects nobody, and root and containers lack it.
 * The rest keeps it off the network and off the graphics hardware.
 */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Starts Chromium; for suites under `needsProgram('chromium', 'chromium')`. Close it with `await using`. */
export async function startBrowser(): Promise<TestBrowser> {
  const executablePath = findProgram('chromium')
  if (executablePath === undefined) throw new Error('chromium is not installed')
  const browser: Browser = await chromium.launch({ executablePath, args: flags })
  return {
    newPage: async () => await (await browser.newContext()).newPage(),
    [Symbol.asyncDispose]: async () => await browser.close(),
  }
}
