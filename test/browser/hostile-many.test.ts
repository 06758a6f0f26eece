import type { Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import type { Hostile } from '../hostile/hostile.ts'
import { lists } from '../hostile/inputs.ts'
import { times } from '../random.ts'
import { guest, json, word } from '../stack/client.ts'
import { people } from './people.ts'
import { enter } from './talk.ts'
import { matches } from './wait.ts'

/**
 * There are hundreds of them: a run takes each tenth, and `npm run test:long` all. What each becomes is
 * looked at by a parser in `handlers/hostile.test.ts`.
 */
const step = times(10, 1)

const test = people('all texts that mean harm, in a browser')

/** What one person may post at once, and requests at a time. */
const burst = 90
const atOnce = 6

/** Posts them all, by as many people as it takes. @returns how many were taken */
async function postAll(room: string, texts: readonly Hostile[]): Promise<number> {
  let taken = 0
  for (let from = 0; from < texts.length; from += burst) {
    const by = await guest()
    const left = texts.slice(from, from + burst)
    const postNext = async (): Promise<void> => {
      const next = left.pop()
      if (!next) return
      const { status } = await by.ask(`/r/${room}/messages`, json({ body: next[1] }))
      if (status === 201) taken++
      else assert.ok([400, 413, 422].includes(status), `${status}: ${next[0]}`)
      return postNext()
    }
    await Promise.all(Array.from({ length: atOnce }, postNext))
  }
  return taken
}

/** Everything that a page asks for and opens, beside its own server; and dialogs. */
function watch(page: Page): string[] {
  const seen: string[] = []
  const own = () => new URL(page.url()).origin
  page.on('request', (request) => {
    const url = request.url()
    if (/^https?:/.test(url) && new URL(url).origin !== own()) seen.push(url)
  })
  page.on('dialog', (dialog) => {
    seen.push(dialog.message())
    void dialog.dismiss()
  })
  page.on('popup', (popup) => seen.push(popup.url()))
  return seen
}

/** What a text can do only when it is taken for more than words. */
const harm = (page: Page) =>
  page.evaluate(() => ({
    canary: 'canary' in globalThis,
    headings: document.querySelectorAll('h1').length,
    inBodies: document.querySelectorAll(
      '.body :is(script, img, svg, style, form, input, iframe, [id], [style], [hx-get], [hx-post])',
    ).length,
    outside: document.querySelectorAll('#messages > :not(.message, .day)').length,
    wide: document.documentElement.scrollWidth > innerWidth,
  }))

/** Hundreds of them on one page take a browser long to lay out, and mean it no other harm. */
const slow = new Set(['structure', 'code'])

const harmless = { canary: false, headings: 1, inBodies: 0, outside: 0, wide: false }

for (const [name, all] of Object.entries(lists)) {
  const texts = all.filter((_, place) => place % step === 0)
  test(`${name}: not one of them does anything, wherever it stands on a page`, async (scene) => {
    const room = await scene.room(`Hostile ${name} ${word()}`)
    const reader = await scene.guest('ann', '#3366cc', { viewport: { width: 360, height: 740 } })
    await reader.goto('/')
    const seen = watch(reader)
    if (!slow.has(name)) await enter(reader, room)
    const taken = await postAll(room, texts)
    const last = await scene.host.say(room, 'the last')
    if (!slow.has(name)) {
      await reader.locator(`#m${last}`).waitFor()
      assert.equal(await harm(reader), harmless, 'as they come')
    }
    const shown = new Set<string>()
    for (let at: string | null = `/r/${room}`; at; ) {
      await reader.goto(at)
      assert.equal(await harm(reader), harmless, at)
      for (const n of await reader.locator('.message').evaluateAll(numbers)) shown.add(n)
      const earlier = reader.locator('#earlier a[hx-get]')
      at = (await earlier.count()) > 0 ? await earlier.getAttribute('href') : null
    }
    assert.is(shown.size, taken + 1)
    await matches(() => reader.title(), /^Hostile/)
    assert.equal(seen, [])
  })
}

const numbers = (items: Element[]) => items.map((item) => item.getAttribute('data-n') ?? '')

test.run()
