import type { Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import { people, type Scene } from './people.ts'
import { enter, numbered } from './talk.ts'
import { becomes, holds } from './wait.ts'

const test = people('what a person has set')

/** The longest animation or transition of anything on the page, in seconds. */
const longestMotion_s = (page: Page) =>
  page.evaluate(() =>
    Math.max(
      ...Array.from(document.querySelectorAll('*'), (element) => {
        const { animationName, animationDuration, transitionDuration } = getComputedStyle(element)
        const animated = animationName === 'none' ? 0 : Number.parseFloat(animationDuration)
        return Math.max(animated, ...transitionDuration.split(',').map(Number.parseFloat))
      }),
    ),
  )

async function roomAtMessage(scene: Scene, page: Page): Promise<void> {
  const room = await scene.talk('look at me')
  await page.goto(`/r/${room}/messages/1`)
  await page.locator('#m1.glow').waitFor()
}

test('nothing moves for who wants no motion', async (scene) => {
  const still = await scene.guest('ann', '#3366cc', { reducedMotion: 'reduce' })
  await roomAtMessage(scene, still)
  assert.is(await longestMotion_s(still), 0)
  const moving = await scene.guest('ben', '#3366cc', { reducedMotion: 'no-preference' })
  await roomAtMessage(scene, moving)
  assert.ok((await longestMotion_s(moving)) > 0)
})

test('the way to new messages is a jump for who wants no motion', async (scene) => {
  const room = await scene.talk(...numbered(1, 40))
  const page = await scene.visitor({ reducedMotion: 'reduce' })
  await enter(page, room)
  await page.locator('#scroller').evaluate((scroller) => scroller.scrollTo({ top: -600 }))
  await scene.host.say(room, 'news')
  const latest = page.getByRole('button', { name: 'New messages' })
  await latest.waitFor()
  const place = await page.evaluate(() => {
    document.getElementById('latest')?.click()
    return document.getElementById('scroller')?.scrollTop
  })
  assert.is(place, 0)
})

const colors = (page: Page) =>
  page.evaluate(() => {
    const text = document.querySelector('.at')
    const line = document.querySelector('.head')
    const name = document.querySelector('.message .name')
    return [text, line, name].map((element) => {
      if (!element) return ''
      const { color, borderBottomColor } = getComputedStyle(element)
      return `${color} ${borderBottomColor}`
    })
  })

for (const colorScheme of ['light', 'dark'] as const) {
  test(`more contrast changes the colours, ${colorScheme}`, async (scene) => {
    const page = await scene.guest('ann', '#3366cc', { colorScheme })
    await roomAtMessage(scene, page)
    const before = await colors(page)
    await page.emulateMedia({ contrast: 'more' })
    const after = await colors(page)
    for (const [index, color] of before.entries()) assert.is.not(after[index], color)
  })
}

test('the page follows when the system turns dark', async (scene) => {
  const page = await scene.visitor({ colorScheme: 'light' })
  await page.goto('/')
  const ground = () =>
    page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  const light = await ground()
  await page.emulateMedia({ colorScheme: 'dark' })
  await becomes(async () => (await ground()) !== light, true)
})

test('everything is there in the colours that a person forces', async (scene) => {
  const page = await scene.guest('ann', '#3366cc', { forcedColors: 'active' })
  await roomAtMessage(scene, page)
  await holds(() => page.locator('#m1').isVisible())
  const border = await page
    .locator('.composer')
    .evaluate((composer) => getComputedStyle(composer).borderTopStyle)
  assert.is(border, 'solid')
})

test.run()
