/** Two people, and what one of them has not read. */
import type { Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import { people } from './people.ts'
import { alone, arrive, enter, shows } from './talk.ts'
import { becomes, holds } from './wait.ts'

const test = people('what somebody has not read')

const badge = (page: Page, room: string) =>
  page.locator(`:is(.rooms a, .card)[href="/r/${room}"] .new`)

/** What stands beside a room in the list; empty where nothing does. */
const count = async (page: Page, room: string): Promise<string> =>
  (await badge(page, room).allTextContents()).join()

/** The text of the message that the line "New" stands before. */
const below = async (page: Page): Promise<string> =>
  (await page.locator('.message.unread-from .body').allTextContents()).join()

/** Chromium calls every page of a test visible: this is what another tab in front would do. */
const look = (page: Page, isSeen: boolean) =>
  page.evaluate((seen) => {
    Object.defineProperty(document, 'hidden', { configurable: true, value: !seen })
    document.dispatchEvent(new Event('visibilitychange'))
  }, isSeen)

/** Somebody has looked into a room, so that it is one of theirs. */
async function knows(page: Page, room: string): Promise<void> {
  const told = page.waitForResponse(
    (answer) => answer.url().endsWith(`/r/${room}/read`) && answer.request().method() === 'PUT',
  )
  await enter(page, room)
  await told
}

/** The same from elsewhere: all that was said in a room is read, which makes it one of theirs. */
async function hasRead(page: Page, room: string): Promise<void> {
  assert.ok((await page.request.put(`/r/${room}/read`)).ok(), 'it is read')
}

/** How far somebody has read a room, as any replica says: for a while one alone knows of it. */
async function readOf(page: Page, room: string): Promise<unknown[]> {
  const headers = { accept: 'application/json' }
  const ask = async () => {
    const { rooms } = await (await page.request.get('/', { headers })).json()
    return rooms.find(({ slug }: { slug: string }) => slug === room)?.read
  }
  return [...new Set(await Promise.all(Array.from({ length: 6 }, ask)))]
}

test('rooms that are not open tell how much is unread and whether one is named, live and in the title', async (scene) => {
  const [room, other] = [await scene.room(), await scene.room()]
  const page = await scene.guest('otter')
  await page.request.post(`/r/${other}/messages`, { form: { body: 'I am here' } })
  await knows(page, room)
  const title = await page.title()
  await becomes(() => count(page, other), '')
  await scene.host.say(other, 'one')
  await becomes(() => count(page, other), '1 unread')
  await becomes(() => page.title(), `(1) ${title}`)
  await scene.host.say(other, 'hello @otter')
  await becomes(() => count(page, other), '2 unread, 1 name you')
  await holds(() => badge(page, other).evaluate((mark) => mark.classList.contains('named')))
  await page.reload()
  await becomes(() => count(page, other), '2 unread, 1 name you')
  await becomes(() => page.title(), `(2) ${title}`)
  await page.goto('/')
  await becomes(() => count(page, other), '2 unread, 1 name you')
  await page
    .getByRole('button', { name: /^Mark .* as read$/ })
    .first()
    .click()
  await becomes(() => count(page, other), '')
})

test('the talk begins at a line before what is unread, which stays while one reads', async (scene) => {
  const [room, other] = [await scene.room(), await scene.room()]
  for (let i = 0; i < 30; i++) await scene.host.say(room, `before ${i}`)
  const page = await scene.guest()
  await knows(page, room)
  await becomes(() => below(page), '')
  await knows(page, other)
  for (let i = 0; i < 30; i++) await scene.host.say(room, `after ${i}`)
  await becomes(() => count(page, room), '30 unread')
  await becomes(() => readOf(page, room), [30])
  await enter(page, room)
  await becomes(() => below(page), 'after 0')
  await holds(() => page.getByText('after 0', { exact: true }).isVisible())
  const inSight = () =>
    page.locator('.unread-from').evaluate((item) => {
      const { top, bottom } = item.getBoundingClientRect()
      const above = document.getElementById('scroller')?.getBoundingClientRect().top ?? 0
      // The line is above the message, and what was read before above the line.
      return top >= above + 72 && bottom <= innerHeight
    })
  await holds(inSight, 'the line is in sight, and what is before it')
  // What is out of sight is not read yet.
  await holds(async () => /^\(\d+\) /.test(await page.title()), 'the rest is unread still')
  await page.locator('#scroller').evaluate((one) => one.scrollTo({ top: 0 }))
  await becomes(async () => /^\(/.test(await page.title()), false)
  await becomes(() => below(page), 'after 0')
  await scene.host.say(room, 'while one looks')
  await becomes(() => below(page), 'after 0')
})

test('the line goes when somebody comes back, and stands before what came meanwhile', async (scene) => {
  const room = await scene.talk('one')
  const page = await scene.guest()
  await knows(page, room)
  await look(page, false)
  await scene.host.say(room, 'two')
  await scene.host.say(room, 'three')
  await shows(page, ['one', 'two', 'three'])
  await becomes(async () => (await page.title()).slice(0, 4), '(2) ')
  await look(page, true)
  await becomes(() => below(page), 'two')
  await becomes(async () => /^\(/.test(await page.title()), false)
  await look(page, false)
  await look(page, true)
  await becomes(() => below(page), '')
})

test('what was read and said while the network was away is right when it is back', async (scene) => {
  const [room, other] = [await scene.room(), await scene.room()]
  const page = await scene.far('otter')
  await hasRead(page, other)
  await knows(page, room)
  await scene.host.say(other, 'one')
  await becomes(() => count(page, other), '1 unread')
  await scene.without(page, async () => {
    await scene.host.say(other, 'two')
    await scene.host.say(room, 'three')
  })
  await shows(page, ['three'])
  await becomes(() => count(page, other), '2 unread')
  // That it was read is told although the network is away as it is.
  await scene.without(page, async () => {
    await look(page, false)
    await look(page, true)
  })
  await knows(page, other)
  await enter(page, room)
  await becomes(() => count(page, other), '')
  await page.goto('/')
  await becomes(() => count(page, room), '')
})

for (const how of ['with a worker for all tabs', 'without a worker']) {
  test(`what is said elsewhere while a page is on its way is told when it has come, ${how}`, async (scene) => {
    const [room, other] = [await scene.room(), await scene.room()]
    const page = await scene.guest()
    if (how === 'without a worker') await alone(page)
    // That somebody has looked at a room where nothing was said is stored nowhere.
    await scene.host.say(other, 'one')
    await hasRead(page, other)
    await knows(page, room)
    // Before this script the page is not connected; nginx serves it as `live.js?v=…`.
    let held = 0
    await page.route(/\/natter\/live\.js/, async (route) => {
      held++
      await scene.host.say(other, 'two')
      await route.continue()
    })
    await enter(page, room)
    await becomes(() => count(page, other), '1 unread')
    await page.goto('/')
    await becomes(() => count(page, other), '2 unread')
    assert.is(held, 2)
  })
}

test('a tab that is loaded again does not take what was read before for having been set back', async (scene) => {
  const [room, other] = [await scene.room(), await scene.room()]
  const tab = await scene.guest()
  await hasRead(tab, other)
  await knows(tab, room)
  const [cookie] = await tab.context().cookies()
  const phone = await scene.visitor()
  await phone.context().addCookies(cookie ? [cookie] : [])
  await enter(phone, other)
  // The worker of all tabs lives on while one is loaded again.
  await enter(await tab.context().newPage(), other)
  await look(tab, false)
  await scene.host.say(room, 'one')
  await becomes(() => count(phone, room), '1 unread')
  await look(tab, true)
  await becomes(() => count(phone, room), '')
  const read = tab.waitForResponse((answer) => answer.url().endsWith(`/r/${room}/read`))
  await scene.host.say(room, 'two')
  await read
  await arrive(tab, () => tab.reload())
  await becomes(() => count(phone, room), '')
  // The tab is looked at, so it is unread for a moment.
  const isTold = becomes(() => count(phone, room), '1 unread')
  await scene.host.say(room, 'three')
  await isTold
  await becomes(() => count(phone, room), '')
})

test('two devices are in step, and one can mark as unread from a message on', async (scene) => {
  const [room, other] = [await scene.room(), await scene.room()]
  for (const text of ['one', 'two', 'three']) await scene.host.say(room, text)
  const laptop = await scene.guest()
  await hasRead(laptop, room)
  await knows(laptop, other)
  const [cookie] = await laptop.context().cookies()
  const phone = await scene.visitor()
  await phone.context().addCookies(cookie ? [cookie] : [])
  await enter(phone, other)
  await scene.host.say(room, 'four')
  for (const page of [laptop, phone]) await becomes(() => count(page, room), '1 unread')
  await enter(phone, room)
  await becomes(() => count(laptop, room), '')
  await phone.locator('.message', { hasText: 'three' }).hover()
  await phone.getByRole('button', { name: 'More' }).click()
  await phone.getByRole('button', { name: 'Mark as unread from here' }).click()
  await becomes(() => below(phone), 'three')
  await becomes(() => count(laptop, room), '2 unread')
  await laptop.reload()
  await becomes(() => count(laptop, room), '2 unread')
})

test('that less was stored a moment ago does not set back what was read since', async (scene) => {
  const room = await scene.talk('one', 'two')
  const page = await scene.guest()
  await knows(page, room)
  const told = page.waitForResponse((answer) => answer.url().endsWith(`/r/${room}/read`))
  await scene.host.say(room, 'three')
  await told
  // As the server says it where what was told before was stored meanwhile.
  await page.evaluate(async () => {
    const loaded = performance.getEntriesByType('resource').map(({ name }) => name)
    const { markerOf } = await import(loaded.find((name) => name.includes('/reading.js')) ?? '')
    markerOf(2)
  })
  assert.is(await below(page), '')
  await scene.host.say(room, 'four')
  await shows(page, ['one', 'two', 'three', 'four'])
  await becomes(() => below(page), '')
})

test('where no stream gets through the same is told by polls', async (scene) => {
  const [room, other] = [await scene.room(), await scene.room()]
  const page = await scene.guest('otter')
  await page.addInitScript(() => {
    localStorage.setItem('natter:poll-until', String(Date.now() + 3_600_000))
  })
  await page.request.post(`/r/${other}/messages`, { form: { body: 'I am here' } })
  await knows(page, room)
  await scene.host.say(other, 'hello @otter')
  await becomes(() => count(page, other), '1 unread, 1 name you')
  const device = await page.context().newPage()
  await knows(device, other)
  await becomes(() => count(page, other), '')
})

test('without JavaScript rooms are counted, and opening one reads it', async (scene) => {
  const room = await scene.talk('one')
  const page = await scene.guest('plain', '#3366cc', { javaScriptEnabled: false })
  const open = async () => {
    const framed = page.waitForResponse((answer) => answer.url().includes(`/r/${room}/frame`))
    await page.goto(`/r/${room}`)
    await framed
  }
  await open()
  await becomes(() => readOf(page, room), [1])
  await scene.host.say(room, 'two')
  await page.goto('/')
  await becomes(() => count(page, room), '1 unread')
  await open()
  await becomes(() => readOf(page, room), [2])
  await page.goto('/')
  await becomes(() => count(page, room), '')
})

test.run()
