/** Chromium, for the benchmarks that need a browser. */
import { type Browser, type BrowserContext, chromium } from 'playwright-core'
import { chromium as chromiumPath, layers, missing } from '../../layers.ts'
import type { Guest } from './guest.ts'

/**
 * Starts Chromium for some work and ends it afterwards.
 * @throws {Error} a sentence that says what to do, when the machine has none
 */
export async function withBrowser<T>(work: (browser: Browser) => Promise<T>): Promise<T> {
  const executablePath = chromiumPath()
  if (!executablePath) throw new Error(lacking())
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  try {
    return await work(browser)
  } finally {
    await browser.close()
  }
}

/** A browser of a person's own, where that person is a guest already. */
export async function browserOf(
  browser: Browser,
  guest: Guest,
  baseUrl: string,
): Promise<BrowserContext> {
  const context = await browser.newContext()
  const [name = '', value = ''] = guest.cookie.split(/=(.*)/s)
  await context.addCookies([{ name, value, url: baseUrl }])
  return context
}

function lacking(): string {
  const layer = layers.find(({ needs }) => needs.includes('chromium'))
  return (layer && missing(layer)) ?? 'no Chromium found'
}
