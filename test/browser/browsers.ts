/** The browsers of this process: one for each set of arguments, shared by all its suites. */
import { type Browser, chromium as playwright } from 'playwright-core'
import { chromium } from '../layers.ts'

const launchArgs = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The headless shell keeps no page that one may come back to, which a whole browser does. */
function program(without: string[]): string {
  const shell = 'chromium-headless-shell'
  const found = chromium() ?? 'chromium'
  const isKeeping = without.includes('--disable-back-forward-cache')
  return isKeeping ? found.replace(shell, 'chromium') : found
}

/**
 * A new browser; the caller closes it.
 * @param args further arguments of Chromium
 * @param without arguments that Playwright adds and Chromium must not get
 */
export const launch = (args: string[] = [], without: string[] = []): Promise<Browser> =>
  playwright.launch({
    executablePath: program(without),
    args: [...launchArgs, ...args],
    ignoreDefaultArgs: without,
  })

const browsers = new Map<string, Promise<Browser>>()

/** The browser with these arguments, which all suites of this process share. */
export function sharedBrowser(args: string[], without: string[]): Promise<Browser> {
  const key = JSON.stringify([args, without])
  const found = browsers.get(key)
  if (found) return found
  const launched = launch(args, without)
  browsers.set(key, launched)
  const forget = () => browsers.delete(key)
  launched.then((browser) => browser.once('disconnected', forget), forget)
  return launched
}

/** Closes all browsers. Playwright kills those that are left when the process exits. */
export async function closeBrowsers(): Promise<void> {
  const open = [...browsers.values()]
  browsers.clear()
  await Promise.allSettled(open.map(async (browser) => (await browser).close()))
}

globalThis.natterAtEnd ??= []
globalThis.natterAtEnd.push(closeBrowsers)
