/** People in Chromium at `BASE_URL`: each in a context of their own, with their faults collected. */

import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import { now } from '../runner/record.ts'
import { baseUrl, freshRoom, type Guest, guest } from '../stack/client.ts'
import { suite } from '../suite.ts'
import { sharedBrowser } from './browsers.ts'
import { startTrace, type Trace } from './traces.ts'
import { type Wire, wire } from './wire.ts'

/** Who may come on in a test. */
export type Scene = {
  /** A room of this test's own. @returns its slug */
  room(name?: string): Promise<string>
  /** The same, in which the host has said this. */
  talk(...said: string[]): Promise<string>
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

/** A test ends itself so much before its limit, to be able to say what its pages were at. */
const farewell_s = 4

/**
 * A suite of tests in a browser that all suites share. A test fails when one of its pages throws,
 * writes a warning or error to the console, or breaks the Content-Security-Policy.
 * @param args further arguments of Chromium
 * @param without arguments that Playwright adds and Chromium must not get
 * @param limit_s seconds that each of its tests may take, where they take long
 */
export function people(
  name: string,
  args: string[] = [],
  without: string[] = [],
  limit_s: number = now.limit_s,
): People {
  const test = suite(name, limit_s)
  const { file } = now
  const add = (title: string, play: (scene: Scene) => Promise<void>) =>
    test(title, async () => {
      const browser = await sharedBrowser(args, without)
      const end_ms = Date.now() + (limit_s - farewell_s) * 1000
      const trace = startTrace()
      await playIn(browser, play, { end_ms, trace, failed: () => trace.save(file, title) })
    })
  return Object.assign(add, {
    before: (work: () => Promise<void>) => test.before(work),
    after: (work: () => Promise<void>) => test.after(work),
    run: () => test.run(),
  })
}

type Play = {
  end_ms: number
  trace: Trace
  failed(): Promise<void>
}

async function playIn(
  browser: Browser,
  play: (scene: Scene) => Promise<void>,
  { end_ms, trace, failed }: Play,
): Promise<void> {
  const contexts: BrowserContext[] = []
  const lent: { close(): Promise<void> }[] = []
  const faults: string[] = []
  const expected: RegExp[] = []
  const wires = new Map<Page, Wire>()
  const host = await guest('host')
  const over = new AbortController()
  const enter = async (options: BrowserContextOptions = {}) => {
    const context = await browser.newContext({ baseURL: baseUrl, ...options })
    contexts.push(context)
    context.on('page', (page) => heedEnd(page))
    trace.follow(context)
    await collectFaults(context, faults)
    return context
  }
  const scene: Scene = {
    host,
    room: (name) => freshRoom(host, name),
    async talk(...said) {
      const room = await scene.room()
      for (const text of said) await host.say(room, text)
      return room
    },
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
  const findNoFault = () => {
    const unexpected = faults.filter((fault) => !expected.some((one) => one.test(fault)))
    assert.equal(unexpected, [], 'the browser found fault with the page')
  }
  try {
    await Promise.race([play(scene), endOf(over, end_ms)])
    findNoFault()
  } catch (error) {
    await failed()
    throw error
  } finally {
    over.abort()
    await Promise.all(contexts.map((context) => context.close()))
    for (const one of lent) await one.close()
  }
}

/** What a page still waits for when its test is over rejects, and nobody has to handle that. */
function heedEnd(page: Page): void {
  for (const name of ['waitForRequest', 'waitForResponse', 'waitForEvent'] as const) {
    const wait: (...args: never[]) => Promise<unknown> = page[name].bind(page)
    const heeded = (...args: never[]) => {
      const waiting = wait(...args)
      waiting.catch(() => {})
      return waiting
    }
    Object.assign(page, { [name]: heeded })
  }
}

/** Rejects when a test's time is over, while its pages are still there to be looked at. */
async function endOf({ signal }: AbortController, end_ms: number): Promise<never> {
  await sleep(end_ms - Date.now(), undefined, { signal }).catch(() => {})
  throw signal.aborted ? signal.reason : new Error('it did not end in time')
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

async function collectFaults(context: BrowserContext, faults: string[]) {
  context.on('weberror', (thrown) => faults.push(String(thrown.error())))
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(message.text())
  })
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
      console.error(`CSP: ${effectiveDirective} ${blockedURI}`)
    })
  })
}
