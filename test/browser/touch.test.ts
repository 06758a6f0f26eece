/** Somebody at a screen of glass, who points with a finger. */
import type { Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import { latch } from '../until.ts'
import { people, type Scene } from './people.ts'
import { composer, enter, hears, shows } from './talk.ts'
import { becomes, holds } from './wait.ts'

const test = people('touch')

/** Somebody with a phone, in a room where each of these was said. */
async function phone(scene: Scene, ...said: string[]): Promise<Page> {
  const room = await scene.talk(...said)
  const page = await scene.guest('ann', '#3366cc', {
    hasTouch: true,
    isMobile: true,
    viewport: { width: 390, height: 800 },
  })
  await enter(page, room)
  return page
}

const message = (page: Page, text: string) => page.locator('.message', { hasText: text })
const button = (page: Page, name: string) =>
  page.locator('.acts').getByRole('button', { name, exact: true })

/** The text of the message that the bar is at; none where there is no bar. */
const barAt = (page: Page): Promise<string[]> =>
  page.locator('.message:has(.acts) .body').allTextContents()

test('a message that is tapped has its bar, which works', async (scene) => {
  const page = await phone(scene, 'one', 'two', 'three')
  await message(page, 'two').locator('.body').tap()
  await button(page, 'React').tap()
  await button(page, '🎉').tap()
  await message(page, 'two').getByRole('button', { name: '🎉 1' }).waitFor()
  await becomes(() => barAt(page), [])
  await message(page, 'three').locator('.body').tap()
  await button(page, 'More').tap()
  await button(page, 'Save for me').tap()
  await page.getByText('Saved.').waitFor()
  await becomes(() => barAt(page), [])
  await message(page, 'one').locator('.body').tap()
  await button(page, 'Answer').tap()
  await page.getByText('Answering host: one').waitFor()
  await becomes(() => barAt(page), [])
})

test('the bar is at the message that was tapped last, until one taps elsewhere', async (scene) => {
  const page = await phone(scene, 'one', 'two', 'see https://example.org/')
  for (const text of ['two', 'one']) {
    await message(page, text).locator('.body').tap()
    await becomes(() => barAt(page), [text])
  }
  await composer(page).tap()
  await becomes(() => barAt(page), [])
  await message(page, 'two').locator('.body').tap()
  await becomes(() => barAt(page), ['two'])
  await page.locator('#scroller').tap({ position: { x: 8, y: 8 } })
  await becomes(() => barAt(page), [])
})

/** A finger comes down at the middle of a message, and is lifted again. */
async function finger(page: Page, text: string) {
  const session = await page.context().newCDPSession(page)
  const { x = 0, y = 0, width = 0, height = 0 } = (await message(page, text).boundingBox()) ?? {}
  const send = (
    type: 'touchStart' | 'touchMove' | 'touchEnd',
    touchPoints: { x: number; y: number }[],
  ) => session.send('Input.dispatchTouchEvent', { type, touchPoints })
  const at = (way: number) => [{ x: x + width / 2, y: y + height / 2 + way }]
  return {
    down: () => send('touchStart', at(0)),
    drag: (way: number) => send('touchMove', at(way)),
    lift: () => send('touchEnd', []),
  }
}

/** Holds a finger on a message until its bar is there, and uses that once the finger is lifted. */
async function pressLong(page: Page, text: string): Promise<void> {
  const { down, lift } = await finger(page, text)
  await down()
  await becomes(() => barAt(page), [text])
  await lift()
  await button(page, 'More').tap()
  await button(page, 'Save for me').waitFor()
}

test('a message that is pressed long has its bar, which stays', async (scene) => {
  const page = await phone(scene, 'one', 'two')
  await message(page, 'two').locator('.body').tap()
  await becomes(() => barAt(page), ['two'])
  await pressLong(page, 'one')
})

test('a message that is pressed long before anything else was touched has its bar', async (scene) => {
  const page = await phone(scene, 'one', 'two')
  await pressLong(page, 'one')
})

test('who drags the talk is shown no bar', async (scene) => {
  const page = await phone(scene, ...Array.from({ length: 40 }, (_, n) => `message ${n}`))
  const loaded = page.waitForResponse(/acts\.css/)
  // What shows a bar waits for its look, which comes once the finger is lifted.
  const { opened, open } = latch()
  await page.route(/acts\.css/, async (route) => {
    await opened
    await route.continue()
  })
  const { down, drag, lift } = await finger(page, 'message 39')
  await down()
  for (let way = 20; way <= 100; way += 20) await drag(way)
  await lift()
  open()
  const isScrolled = () => page.locator('#scroller').evaluate((one) => one.scrollTop < -20)
  await holds(isScrolled, 'the talk is scrolled')
  await (await loaded).finished()
  assert.equal(await barAt(page), [])
  await message(page, 'message 35').locator('.body').tap()
  await becomes(() => barAt(page), ['message 35'])
})

test('the bar covers nothing of its message, and is in sight with a long one', async (scene) => {
  const long = Array.from({ length: 60 }, (_, n) => `line ${n}`).join('\n')
  const page = await phone(scene, 'one', long, 'two')
  const box = (selector: string) =>
    page.locator(selector).evaluate((one) => {
      const { top, bottom } = one.getBoundingClientRect()
      return { top, bottom }
    })
  await message(page, 'two').locator('.body').tap()
  await becomes(() => barAt(page), ['two'])
  assert.ok((await box('.acts')).bottom <= (await box('#m3 .body')).top + 4)
  await page.locator('#m2 .body').tap({ position: { x: 20, y: 1200 } })
  await becomes(() => barAt(page), [long])
  assert.ok((await box('#m2')).top < (await box('#scroller')).top, 'its beginning is out of sight')
  assert.ok((await box('.acts')).top >= (await box('#scroller')).top)
})

test('what does something by itself when it is tapped does that alone', async (scene) => {
  const page = await phone(scene, 'one', 'two')
  await message(page, 'one').locator('.body').tap()
  await button(page, 'React').tap()
  await button(page, '🎉').tap()
  const given = (n: number) => message(page, 'one').getByRole('button', { name: `🎉 ${n}` })
  await hears(page, 3)
  await given(1).tap()
  await given(1).waitFor({ state: 'detached' })
  await hears(page, 4)
  await becomes(() => barAt(page), [])
  await message(page, 'two').locator('.body').tap()
  await becomes(() => barAt(page), ['two'])
  await message(page, 'one').locator('.at').tap()
  await page.waitForURL(/\/messages\/1#m1$/)
  await shows(page, ['one', 'two'])
  await becomes(() => barAt(page), [])
})

test.run()
