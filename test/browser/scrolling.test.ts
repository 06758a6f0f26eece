import type { Page } from 'playwright-core'
import { people, type Scene } from './people.ts'
import { enter, say } from './talk.ts'
import { becomes, holds } from './wait.ts'

const test = people('the place in the talk')

async function longRoom(scene: Scene, more = ''): Promise<string> {
  const room = await scene.room()
  for (let n = 1; n <= 40; n++) await scene.host.say(room, `message ${n}${more}`)
  return room
}

const newMessages = (page: Page) => page.getByRole('button', { name: 'New messages' })

/** Pixels between the end of the talk and what is seen of it. */
const fromEnd = (page: Page) =>
  page.locator('#scroller').evaluate((scroller) => Math.abs(Math.round(scroller.scrollTop)))

const scrollTo = (page: Page, top: number) =>
  page.locator('#scroller').evaluate((scroller, to) => scroller.scrollTo({ top: to }), top)

const top = async (page: Page, message: string) =>
  (await page.locator(message).boundingBox())?.y ?? Number.NaN

test('a room opens at its end, and stays there when something comes', async (scene) => {
  const room = await longRoom(scene)
  const page = await scene.visitor()
  await enter(page, room)
  await becomes(() => fromEnd(page), 0)
  for (const n of [41, 42, 43]) {
    await scene.host.say(room, `message ${n}\nof two lines`)
    await page.locator(`#m${n}`).waitFor()
    await becomes(() => fromEnd(page), 0)
  }
  await becomes(() => newMessages(page).isVisible(), false)
})

test('who reads above keeps the place, is told of new messages, and is led to them', async (scene) => {
  const room = await longRoom(scene)
  const page = await scene.guest()
  await enter(page, room)
  await scrollTo(page, -600)
  const before = await top(page, '#m20')
  await scene.host.say(room, 'news')
  await page.locator('#m41').waitFor()
  await newMessages(page).waitFor()
  await becomes(async () => Math.abs((await top(page, '#m20')) - before) <= 2, true)
  await newMessages(page).click()
  await becomes(() => fromEnd(page), 0)
  await newMessages(page).waitFor({ state: 'hidden' })
})

test('scrolling to the end by hand takes the button away', async (scene) => {
  const room = await longRoom(scene)
  const page = await scene.visitor()
  await enter(page, room)
  await scrollTo(page, -600)
  await scene.host.say(room, 'news')
  await newMessages(page).waitFor()
  await scrollTo(page, 0)
  await newMessages(page).waitFor({ state: 'hidden' })
})

test('who is far from the end is led back there, and who is a little above it is not', async (scene) => {
  const room = await longRoom(scene, '\nin\nso\nmany\nlines')
  const page = await scene.visitor()
  await enter(page, room)
  const back = page.getByRole('button', { name: 'To the present' })
  await scrollTo(page, -300)
  await becomes(() => fromEnd(page), 300)
  await becomes(() => back.isVisible(), false)
  await scrollTo(page, -10_000)
  await back.click()
  await becomes(() => fromEnd(page), 0)
  await back.waitFor({ state: 'hidden' })
})

test('who writes while reading above is led to the end', async (scene) => {
  const room = await longRoom(scene)
  const page = await scene.guest()
  await enter(page, room)
  await scrollTo(page, -600)
  await say(page, 'my own')
  await holds(async () => (await fromEnd(page)) === 0, 'the end is in sight')
  await becomes(() => newMessages(page).isVisible(), false)
})

test('a tab that is not looked at counts what came in its title', async (scene) => {
  const room = await longRoom(scene)
  const page = await scene.visitor()
  await enter(page, room)
  const title = await page.title()
  await look(page, false)
  await scene.host.say(room, 'one')
  await scene.host.say(room, 'two')
  await becomes(() => page.title(), `(2) ${title}`)
  await Promise.all(['three', 'four', 'five'].map((text) => scene.host.say(room, text)))
  await becomes(() => page.title(), `(5) ${title}`)
  await look(page, true)
  await becomes(() => page.title(), title)
})

/** Chromium calls every page of a test visible: this is what another tab in front would do. */
const look = (page: Page, seen: boolean) =>
  page.evaluate((isSeen) => {
    Object.defineProperty(document, 'hidden', { configurable: true, value: !isSeen })
    document.dispatchEvent(new Event('visibilitychange'))
  }, seen)

test.run()
