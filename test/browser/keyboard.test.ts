import type { Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import { people } from './people.ts'
import { arrive, enter, hears, numbered, say, shows } from './talk.ts'
import { one, onlooker } from './two.ts'
import { becomes, holds } from './wait.ts'

const test = people('the keyboard alone')

/** What has the focus, in a few words. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement
    return element?.id || element?.className || element?.tagName || ''
  })

/** Whether the focus is drawn: an outline, or the edge of what the element stands in. */
const isFocusSeen = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement
    const frame = element?.closest('.composer') ?? element
    if (!element || !frame) return false
    const { outlineStyle } = getComputedStyle(element)
    return outlineStyle !== 'none' || getComputedStyle(frame).boxShadow !== 'none'
  })

test('someone reaches the composer by one jump, writes and sends', async (scene) => {
  const [page] = await one(scene)
  await page.keyboard.press('Tab')
  const skip = page.getByRole('link', { name: 'Skip to writing' })
  await holds(() => skip.evaluate((link) => link === document.activeElement))
  await holds(() => skip.isVisible())
  await holds(() => isFocusSeen(page))
  await page.keyboard.press('Enter')
  await becomes(() => focused(page), 'body')
  await holds(() => isFocusSeen(page))
  await page.keyboard.type('no mouse here')
  await page.keyboard.press('Enter')
  await shows(page, ['no mouse here'])
})

test('someone without a name jumps to the form, joins and sends', async (scene) => {
  const [page, room] = await onlooker(scene)
  for (const key of ['Tab', 'Enter', 'Tab']) await page.keyboard.press(key)
  await holds(() => page.locator('input[name=name]').evaluate((one) => one.matches(':focus')))
  await arrive(page, () => page.keyboard.press('Enter'))
  await page.waitForURL(`/r/${room}`)
  for (const key of ['Tab', 'Enter']) await page.keyboard.press(key)
  await page.keyboard.type('joined')
  await page.keyboard.press('Enter')
  await shows(page, ['joined'])
})

test('the focus goes from the head through the talk to the composer, and is seen everywhere', async (scene) => {
  const room = await scene.talk('hello')
  const page = await scene.guest()
  await enter(page, room)
  await page.locator('nav').getByRole('link', { name: 'New room' }).focus()
  const order: string[] = []
  for (let step = 0; step < 11; step++) {
    await page.keyboard.press('Tab')
    // What may be done about the message comes with the focus.
    if (step === 5) await page.locator('.acts').waitFor()
    order.push(await focused(page))
    await holds(() => isFocusSeen(page), `the focus on ${order.at(-1)} is not seen`)
  }
  assert.equal(order, [
    'people',
    'find',
    'me',
    'scroller',
    'day-link',
    'at',
    'BUTTON',
    'attach',
    'body',
    'emoji',
    'send',
  ])
})

test('the time of a message that follows another appears with the focus', async (scene) => {
  const room = await scene.talk('one', 'two')
  const page = await scene.guest('ann', '#3366cc', { reducedMotion: 'reduce' })
  await enter(page, room)
  await page.locator('#m1 .at').focus()
  const opacity = () => page.locator('#m2 .at').evaluate((link) => getComputedStyle(link).opacity)
  await becomes(opacity, '0')
  await page.locator('.acts').waitFor()
  for (const key of ['Tab', 'ArrowRight', 'ArrowRight', 'Tab']) await page.keyboard.press(key)
  await becomes(opacity, '1')
})

/** What has the focus, in the message or beside it: its words, or its label. */
const at = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement
    const own = element?.className === 'at' ? 'the time' : element?.textContent?.trim()
    return [element?.closest('.message')?.id ?? '', element?.id || own || '']
  })

/** Goes by the keys from a message's time to something in its bar. */
async function choose(page: Page, message: string, ...names: string[]): Promise<void> {
  await page.locator(`${message} .at`).focus()
  for (const name of names) {
    await page.locator(`${message} .acts`).getByRole('button', { name, exact: true }).press('Enter')
  }
}

test('who is at something of a message stays there as it changes', async (scene) => {
  const room = await scene.talk('one', 'two')
  const [page, other] = [await scene.guest(), await scene.guest('ben')]
  const react = () =>
    other.request.post(`/r/${room}/messages/1/reactions`, { form: { emoji: '🎉' } })
  await react()
  await enter(page, room)
  const given = (n: number) => page.locator('#m1').getByRole('button', { name: `🎉 ${n}` })
  await given(1).focus()
  await page.locator('.acts').waitFor()
  await page.keyboard.press('Enter')
  await given(2).waitFor()
  await becomes(() => at(page), ['m1', '🎉 2'])
  await page.locator('#m1 .at').focus()
  await react()
  await given(1).waitFor()
  await becomes(() => at(page), ['m1', 'the time'])
  await given(1).press('Enter')
  await given(1).waitFor({ state: 'detached' })
  await becomes(() => at(page), ['m1', 'the time'])
})

test('who picks an emoji by the keys is at its message then', async (scene) => {
  const room = await scene.talk('one')
  const page = await scene.guest()
  await enter(page, room)
  await choose(page, '#m1', 'React', 'Other emoji')
  await page.getByLabel('Find an emoji').fill('rocket')
  await page.getByLabel('Find an emoji').press('Enter')
  await page.locator('.reactions').getByRole('button', { name: '🚀 1' }).waitFor()
  await becomes(() => at(page), ['m1', 'the time'])
})

test('who deletes a message by the keys is at the way back, and then at the message', async (scene) => {
  const [page] = await one(scene)
  await say(page, 'one')
  await shows(page, ['one'])
  await hears(page, 1)
  await choose(page, '#m1', 'More', 'Delete')
  await becomes(() => at(page), ['', 'Undo'])
  await page.keyboard.press('Enter')
  await shows(page, ['one'])
  await becomes(() => at(page), ['m1', 'the time'])
})

test('the talk scrolls by the keys', async (scene) => {
  const room = await scene.talk(...numbered(1, 40))
  const page = await scene.visitor({ reducedMotion: 'reduce' })
  await enter(page, room)
  await page.locator('#scroller').focus()
  await page.keyboard.press('PageUp')
  await page.waitForFunction(() => (document.getElementById('scroller')?.scrollTop ?? 0) < -100)
})

test.run()
