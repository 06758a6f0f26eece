/** The browsers of this process: one for each set of arguments, shared by all its suites. */
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

declare global {
  /** What a process of tests does before it ends. */
  var natterAtEnd: (() => Promise<void>)[] | undefined
}

const launchArgs = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The headless shell has no windows to draw, and takes half of the time of a whole browser. */
const programs = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium']

const program = (): string =>
  process.env.CHROMIUM ?? programs.find((one) => existsSync(one)) ?? 'chromium'

/**
 * A new browser; the caller closes it.
 * @param args further arguments of Chromium
 * @param without arguments that Playwright adds and Chromium must not get
 */
export const launch = (args: string[] = [], without: string[] = []): Promise<Browser> =>
  chromium.launch({
    executablePath: program(),
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
