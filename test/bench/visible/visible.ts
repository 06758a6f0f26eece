/** How soon a message sent in one browser stands in another. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser } from 'playwright-core'
import { type Bench, countOf, type Report } from '../kit/bench.ts'
import { browserOf, withBrowser } from '../kit/browser.ts'
import { percentile, ratio, spread } from '../kit/figures.ts'
import { createGuest } from '../kit/guest.ts'
import type { Target } from '../kit/target.ts'
import { bareExchange } from './bare.ts'
import { openReceiver } from './receiver.ts'
import { openSender } from './sender.ts'

/** As fast as people write to each other when it gets lively. */
const pace_ms = 200

/** The first messages warm up the browsers and the server, and are not counted. */
const warm_up = 5

type Times = { inPage_ms: number[]; painted_ms: number[]; bare_ms: number[] }

export const visible: Bench = {
  name: 'visible',
  shows: 'how soon a message sent in one browser is visible in another',
  options: { messages: { says: 'messages for visible to send', standard: '100' } },
  async run(context) {
    const target = await context.target()
    const messages = countOf(context, 'messages')
    context.say(`${messages} messages, ${1000 / pace_ms} a second`)
    return report(target, await withBrowser((browser) => measure(browser, target, messages)))
  },
}

/** Each message goes both ways in turn: through the browsers, then through bare HTTP. */
async function measure(browser: Browser, { baseUrl }: Target, messages: number): Promise<Times> {
  const [ann, ben] = [await createGuest(baseUrl, 'Ann'), await createGuest(baseUrl, 'Ben')]
  const word = Date.now().toString(36)
  const room = await ann.makeRoom(`Visible ${word}`)
  const address = `${baseUrl}/r/${room}`
  const receiver = await openReceiver(await browserOf(browser, ben, baseUrl), address)
  const sender = await openSender(await browserOf(browser, ann, baseUrl), address)
  const exchange = await bareExchange(baseUrl, word)
  const times: Times = { inPage_ms: [], painted_ms: [], bare_ms: [] }
  for (let n = 1 - warm_up; n <= messages; n++) {
    const next = sleep(pace_ms)
    const text = `visible-${word}-${n + warm_up}.`
    const seen = receiver.sees(text)
    const sent_ms = await sender.send(text)
    const { inPage_ms, painted_ms } = await seen
    const bare_ms = await exchange()
    if (n > 0) {
      times.inPage_ms.push(inPage_ms - sent_ms)
      times.painted_ms.push(painted_ms - sent_ms)
      times.bare_ms.push(bare_ms)
    }
    await next
  }
  return times
}

function report({ what }: Target, { inPage_ms, painted_ms, bare_ms }: Times): Report {
  const floor = percentile(bare_ms, 0.5)
  const row = (name: string, values: number[]) => [
    name,
    ...spread(values),
    ratio(percentile(values, 0.5), floor),
  ]
  return {
    server: what,
    tables: [
      {
        columns: [`${bare_ms.length} messages`, 'p50', 'p95', 'max', 'p50 to floor'],
        rows: [
          row('key pressed → in the other page', inPage_ms),
          row('key pressed → painted there', painted_ms),
          row('floor: post by fetch → long poll answered', bare_ms),
        ],
      },
    ],
    notes: [
      `One message every ${pace_ms} ms, each after the one before was seen. Wanted: at most 200 ms at the median.`,
    ],
  }
}
