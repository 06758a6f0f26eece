import type { Page } from 'playwright-core'
import { front } from './front.ts'
import { people } from './people.ts'
import { composer, enter, shows } from './talk.ts'
import { becomes } from './wait.ts'

const test = people('back and forward', [], ['--disable-back-forward-cache'])

const back = (page: Page) => page.evaluate(() => history.back())

test('a page that the browser has kept goes on where it was, and holds nothing meanwhile', async (scene) => {
  const proxy = scene.lends(await front())
  const [room, other] = [await scene.room(), await scene.room()]
  const page = await scene.guest('ann', '#3366cc', { baseURL: proxy.url })
  await enter(page, room)
  // A browser keeps no page that is still asking for something.
  const asked = ['read', 'typing'].map(async (what) => {
    const answer = await page.waitForResponse((one) => one.url().endsWith(`/r/${room}/${what}`))
    await answer.finished()
  })
  await scene.host.say(room, 'before')
  await shows(page, ['before'])
  await composer(page).fill('half a sentence')
  await Promise.all(asked)
  await page.evaluate(() => document.documentElement.setAttribute('data-kept', ''))

  await enter(page, other)
  await scene.host.say(room, 'while away')
  await becomes(async () => proxy.held().map(({ open }) => open), [other])

  await back(page)
  await page.waitForURL(`**/r/${room}`, { waitUntil: 'commit' })
  await shows(page, ['before', 'while away'])
  await becomes(() => page.locator('[data-kept]').count(), 1, 'it is the page that was kept')
  await becomes(() => composer(page).inputValue(), 'half a sentence')
  await scene.host.say(room, 'and on')
  await shows(page, ['before', 'while away', 'and on'])
  await becomes(async () => proxy.held().map(({ open }) => open), [room])
})

test('a page without a room holds nothing that nobody needs', async (scene) => {
  const proxy = scene.lends(await front())
  const page = await scene.guest('ann', '#3366cc', { baseURL: proxy.url })
  await enter(page, await scene.room())
  await becomes(async () => proxy.held().length, 1)
  await page.goto('/me')
  await becomes(async () => proxy.held().length, 0)
})

test.run()
