/** People in Chromium at `BASE_URL`: each in a context of their own, with their faults collected. */

import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core'
import * as assert from 'uvu/assert'
import { baseUrl, freshRoom, type Guest, guest } from '../stack/client.ts'
import { suite } from '../suite.ts'
import { type Wire, wire } from './wire.ts'

/** Who may come on in a test. */
export type Scene = {
  /** A room of this test's own. @returns its slug */
  room(name?: string): Promise<string>
  /** The maker of the rooms, who speaks without a browser. */
  host: Guest
  /** Somebody without a name, in a new context. */
  visitor(options?: BrowserContextOptions): Promise<Page>
  /** Somebody with a name and a colour (`#rrggbb`), in a new context. */
  guest(name?: string, color?: string, options?: BrowserContextOptions): Promise<Page>
  /** The same over a wire of their own, which `without` cuts. */
  far(name?: string, color?: string, options?: BrowserContextOptions): Promise<Page>
  /** Something is done while the network is away for somebody far; then it is there again. */
  without(far: Page, work: () => Promise<unknown>): Promise<void>
  /** What a browser rightly complains about in this test. */
  expectsFault(fault: RegExp): void
  /** Closes something when all have left. */
  lends<T extends { close(): Promise<void> }>(thing: T): T
}

type People = {
  (title: string, play: (scene: Scene) => Promise<void>): void
  /** Before the first of its tests, and after the last. */
  before(work: () => Promise<void>): void
  after(work: () => Promise<void>): void
  run(): void
}

const launchArgs = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * A browser of one's own; the caller closes it.
 * @param args further arguments of Chromium
 * @param without arguments that Playwright gives it by itself
 */
export const launch = (args: string[] = [], without: string[] = []): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [...launchArgs, ...args],
    ignoreDefaultArgs: without,
  })

/**
 * A suite of tests in one browser. Each fails when a page of it has thrown, has written a warning
 * or error to the console, or has broken the Content-Security-Policy.
 * @param args further arguments of Chromium
 * @param without arguments that Playwright gives it by itself
 * @param limit_s seconds that each of its tests may take, where they take long
 */
export function people(
  name: string,
  args: string[] = [],
  without: string[] = [],
  limit_s?: number,
): People {
  const test = suite(name, limit_s)
  let browser: Browser
  test.before(async () => {
    browser = await launch(args, without)
  })
  test.after(() => browser.close())
  const add = (title: string, play: (scene: Scene) => Promise<void>) =>
    test(title, () => playIn(browser, play))
  return Object.assign(add, {
    before: (work: () => Promise<void>) => test.before(work),
    after: (work: () => Promise<void>) => test.after(work),
    run: () => test.run(),
  })
}

async function playIn(browser: Browser, play: (scene: Scene) => Promise<void>): Promise<void> {
  const contexts: BrowserContext[] = []
  const lent: { close(): Promise<void> }[] = []
  const faults: string[] = []
  const expected: RegExp[] = []
  const wires = new Map<Page, Wire>()
  const host = await guest('host')
  const enter = async (options: BrowserContextOptions = {}) => {
    const context = await browser.newContext({ baseURL: baseUrl, ...options })
    contexts.push(context)
    await collectFaults(context, faults)
    return context
  }
  const scene: Scene = {
    host,
    room: (name) => freshRoom(host, name),
    visitor: async (options) => (await enter(options)).newPage(),
    async guest(name = 'brave-otter', color = '#3366cc', options) {
      const context = await enter(options)
      const known = await context.request.patch('/me', { form: { name, color } })
      assert.ok(known.ok(), `becoming a guest was answered with ${known.status()}`)
      return context.newPage()
    },
    async far(name, color, options = {}) {
      const line = scene.lends(await wire(options.baseURL))
      expected.push(networkFault)
      const page = await scene.guest(name, color, { ...options, baseURL: line.url })
      wires.set(page, line)
      return page
    },
    without: (far, work) => withoutNetwork(far, wires.get(far), work),
    expectsFault: (fault) => expected.push(fault),
    lends(thing) {
      lent.push(thing)
      return thing
    },
  }
  try {
    await play(scene)
  } finally {
    for (const one of [...contexts, ...lent]) await one.close()
  }
  const unexpected = faults.filter((fault) => !expected.some((one) => one.test(fault)))
  assert.equal(unexpected, [], 'the browser found fault with the page')
}

/**
 * A browser tells its pages that the network is away, and keeps it from them; its workers go on, which
 * need a wire that is cut.
 */
async function withoutNetwork(page: Page, line: Wire | undefined, work: () => Promise<unknown>) {
  if (!line) throw new Error('who loses the network must be far')
  line.cut()
  await page.context().setOffline(true)
  try {
    await work()
  } finally {
    // What comes by a worker while its page is offline may name pictures, which are not fetched twice.
    await page.context().setOffline(false)
    line.mend()
  }
}

/** What a browser says of a network that is away. */
export const networkFault =
  /ERR_(INTERNET_DISCONNECTED|EMPTY_RESPONSE|CONN|SOCKET|INCOMPLETE_CHUNKED|FAILED)|Failed to fetch/

/** Chromium's word for a network card that came or went on this machine, as containers make them. */
const machineFault = /ERR_NETWORK_CHANGED/

async function collectFaults(context: BrowserContext, faults: string[]): Promise<void> {
  context.on('weberror', (thrown) => faults.push(String(thrown.error())))
  context.on('console', (message) => {
    const isFault = ['error', 'warning'].includes(message.type())
    if (isFault && !machineFault.test(message.text())) faults.push(message.text())
  })
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
      console.error(`CSP: ${effectiveDirective} ${blockedURI}`)
    })
  })
}
