import type { Page } from 'playwright-core'
import sharp from 'sharp'
import * as assert from 'uvu/assert'
import { ask, word } from '../stack/client.ts'
import { latch } from '../until.ts'
import { axeFindings } from './axe.ts'
import { people, type Scene } from './people.ts'
import { composer, enter, shows } from './talk.ts'
import { one } from './two.ts'
import { becomes } from './wait.ts'

const test = people('emoji')

const button = (page: Page) => page.getByRole('button', { name: 'Emoji' })
const picker = (page: Page) => page.getByRole('dialog', { name: 'Emoji' })
const search = (page: Page) => picker(page).getByRole('combobox', { name: 'Find an emoji' })
const shown = (page: Page) => picker(page).getByRole('listbox', { name: 'Emoji' })
const options = (page: Page) => page.getByRole('listbox', { name: 'Completions' }).locator('li')

// That a field of several lines may be a combobox, HTML's roles do not say; browsers do.
const faults = (page: Page) => axeFindings(page, { except: ['aria-allowed-role'] })

test('one is picked by its name, with keys alone, and is put where one writes', async (scene) => {
  const [page] = await one(scene)
  await composer(page).fill('so ')
  await button(page).press('Enter')
  await search(page).pressSequentially('tada')
  await becomes(() => shown(page).getByRole('option').first().textContent(), '🎉')
  assert.equal(await faults(page), [])
  await search(page).press('Enter')
  await picker(page).waitFor({ state: 'detached' })
  await becomes(() => composer(page).inputValue(), 'so 🎉')
  await composer(page).press('Enter')
  await shows(page, ['so 🎉'])
})

test('arrows lead to the others, Escape picks none, and the focus comes back', async (scene) => {
  const [page] = await one(scene)
  await button(page).click()
  const chosen = () => picker(page).locator('[aria-selected=true]').textContent()
  const first = await chosen()
  await search(page).press('ArrowRight')
  const second = await chosen()
  await search(page).press('ArrowDown')
  const below = await chosen()
  assert.is(new Set([first, second, below]).size, 3)
  await search(page).press('ArrowUp')
  await becomes(chosen, second)
  const active = await search(page).getAttribute('aria-activedescendant')
  await becomes(() => page.locator(`[id="${active}"]`).textContent(), second)
  await search(page).press('Escape')
  await picker(page).waitFor({ state: 'detached' })
  await becomes(() => composer(page).inputValue(), '')
  await becomes(() => button(page).evaluate((one) => one === document.activeElement), true)
})

test('those that were used last come first, in this browser', async (scene) => {
  const [page, room] = await one(scene)
  await button(page).click()
  await search(page).fill('otter')
  await shown(page).getByRole('option', { name: 'otter' }).click()
  await enter(page, room)
  await button(page).click()
  await becomes(() => shown(page).getByRole('option').first().textContent(), '🦦')
  await search(page).fill('zzzz')
  await becomes(() => picker(page).getByRole('status').textContent(), 'No emoji is called that.')
})

test('people have the skin tone that was chosen, the next time as well', async (scene) => {
  const [page, room] = await one(scene)
  await button(page).click()
  await picker(page).getByRole('combobox', { name: 'Skin tone' }).selectOption('\u{1f3ff}')
  await search(page).fill('wave')
  await shown(page).getByRole('option', { name: 'waving hand' }).click()
  await becomes(() => composer(page).inputValue(), '👋🏿')
  await enter(page, room)
  await button(page).click()
  await becomes(() => shown(page).getByRole('option').first().textContent(), '👋🏿')
  await search(page).fill('otter')
  await becomes(() => shown(page).getByRole('option').first().textContent(), '🦦')
  await search(page).fill('holding hands')
  const couple = shown(page).getByRole('option', { name: 'woman and man holding hands' })
  await becomes(() => couple.textContent(), '👫🏿')
})

test('the picker fits a phone', async (scene) => {
  const phone = { viewport: { width: 360, height: 640 } }
  const [page] = await one(scene, 'ann', '#3366cc', phone)
  await button(page).click()
  await search(page).waitFor()
  const box = await picker(page).boundingBox()
  assert.ok(box && box.x >= 0 && box.x + box.width <= 360 && box.y + box.height <= 640)
  const isWide = () => page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
  await becomes(isWide, false)
  // A browser whose font has no picture for several in one shows them all, side by side.
  await shown(page)
    .getByRole('option')
    .first()
    .evaluate((one) => {
      one.textContent = '👩👩👧👦👩👩👧👦'
    })
  const list = shown(page)
  await becomes(() => list.evaluate((one) => one.scrollWidth > one.clientWidth), false)
})

test('what is put before a text is completed as well', async (scene) => {
  const page = await scene.guest()
  await enter(page, await scene.room())
  await composer(page).fill('hello world')
  await composer(page).press('Home')
  await composer(page).pressSequentially(':tad')
  await becomes(() => options(page).first().locator('bdi').textContent(), ':tada:')
  await composer(page).press('Enter')
  await becomes(() => composer(page).inputValue(), '🎉 hello world')
  // What completes names comes with the first of them.
  await page.reload()
  await page.locator('.app.live').waitFor()
  await composer(page).fill('is well')
  await composer(page).press('Home')
  await composer(page).pressSequentially('@ro')
  await becomes(() => options(page).last().locator('bdi').textContent(), 'room (everybody here)')
})

test('a name is completed behind a colon, by keys and by a click', async (scene) => {
  const [page] = await one(scene)
  await composer(page).pressSequentially('well :tad')
  await becomes(() => options(page).first().locator('bdi').textContent(), ':tada:')
  await becomes(() => composer(page).getAttribute('role'), 'combobox')
  assert.equal(await faults(page), [])
  await composer(page).press('Enter')
  await becomes(() => composer(page).inputValue(), 'well 🎉 ')
  await becomes(() => composer(page).getAttribute('role'), null)
  await composer(page).pressSequentially('(:ott')
  await becomes(() => options(page).count(), 1)
  await options(page).first().click()
  await becomes(() => composer(page).inputValue(), 'well 🎉 (🦦 ')
  await composer(page).press('Enter')
  await shows(page, ['well 🎉 (🦦'])
})

test('what is no name offers nothing, and Escape leaves what was typed', async (scene) => {
  const [page] = await one(scene)
  await composer(page).pressSequentially(':tad')
  await options(page).first().waitFor()
  await composer(page).press('Escape')
  await becomes(() => options(page).count(), 0)
  await becomes(() => composer(page).inputValue(), ':tad')
  await composer(page).pressSequentially('a http://x:80 10:30')
  await becomes(() => options(page).count(), 0)
  await composer(page).press('Enter')
  await shows(page, [':tada http://x:80 10:30'])
})

test('without JavaScript there is no button, and names become emoji all the same', async (scene) => {
  const room = await scene.room()
  const page = await scene.guest('ann', '#3366cc', { javaScriptEnabled: false })
  await page.goto(`/r/${room}`)
  await becomes(() => page.locator('#emoji').isVisible(), false)
  await composer(page).fill(':tada: done')
  await page.getByRole('button', { name: 'Send' }).click()
  await shows(page.frameLocator('iframe'), ['🎉 done'])
})

const red = (width: number, height = width) =>
  sharp({ create: { width, height, channels: 3, background: 'red' } })

/** Removes an emoji, where the test has not done so. */
async function remove(name: string, cookie: string): Promise<void> {
  const headers = { accept: 'application/json' }
  const { status } = await ask(`/emoji/${name}`, { method: 'DELETE', headers, cookie })
  assert.ok([200, 404].includes(status), `removing :${name}: was answered with ${status}`)
}

/** Somebody becomes a member, and adds an emoji, which is gone after the test. @returns its name */
async function added(scene: Scene, page: Page, buffer: Buffer): Promise<string> {
  const [account, name] = [`Member ${word()}`, `quokka-${word()}`]
  await page.request.post('/accounts', { form: { name: account, password: 'a few plain words' } })
  // The server may be one that goes on.
  const cookies = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`)
  scene.lends({ close: () => remove(name, cookies.join('; ')) })
  await page.goto('/emoji')
  await page.getByLabel('Name').fill(`:${name}:`)
  await page.getByLabel('Picture').setInputFiles({ name: 'a', mimeType: 'image/png', buffer })
  await page.getByRole('button', { name: 'Add it' }).click()
  await page.getByText(`:${name}:`).first().waitFor()
  return name
}

test('one that a member adds is a picture for both, and its name again when it is removed', async (scene) => {
  const room = await scene.room()
  const [ann, ben] = [await scene.guest('ann'), await scene.far('ben')]
  const name = await added(scene, ann, await red(200).png().toBuffer())
  assert.equal(await faults(ann), [])
  await enter(ann, room)
  await enter(ben, room)
  const pictures = (page: Page, where: string) =>
    page
      .locator(`${where} img.custom-emoji`)
      .evaluateAll((all) =>
        all.map((one) => [(one as HTMLImageElement).alt, (one as HTMLImageElement).naturalWidth]),
      )
  // The list comes when all is typed.
  const { opened, open } = latch()
  await ann.route('**/emoji', async (route) => {
    await opened
    await route.continue()
  })
  const asked = ann.waitForRequest('**/emoji')
  await composer(ann).pressSequentially(`look :${name.slice(0, -2)}`)
  await asked
  open()
  await becomes(() => options(ann).first().locator('bdi').textContent(), `:${name}:`)
  await composer(ann).press('Enter')
  await scene.without(ben, () => composer(ann).press('Enter'))
  for (const page of [ann, ben]) {
    await becomes(() => pictures(page, '.message .body'), [[`:${name}:`, 128]])
  }
  await ben.locator('.message').hover()
  for (const choice of ['React', 'Other emoji']) {
    await ben.locator('.acts').getByRole('button', { name: choice, exact: true }).click()
  }
  await search(ben).fill(name)
  await search(ben).press('Enter')
  for (const page of [ann, ben]) {
    await becomes(() => pictures(page, '.reactions'), [[`:${name}:`, 128]])
  }
  await ben.locator('.reactions button').click()
  await becomes(() => ann.locator('.reactions').count(), 0)

  await ann.goto('/emoji')
  await ann.locator('.row', { hasText: name }).getByRole('button', { name: 'Remove' }).click()
  await becomes(() => ann.getByText(`:${name}:`).count(), 0)
  await enter(ann, room)
  await shows(ann, [`look :${name}:`])
})

test('one that moves stands still, as it began, for whoever wants less motion', async (scene) => {
  const room = await scene.room()
  const ann = await scene.guest('ann')
  const blue = await sharp({ create: { width: 20, height: 20, channels: 3, background: 'blue' } })
    .png()
    .toBuffer()
  const moving = await sharp([await red(20).png().toBuffer(), blue], { join: { animated: true } })
    .gif({ delay: 20, loop: 0 })
    .toBuffer()
  const name = await added(scene, ann, moving)
  const calm = await scene.guest('ben', '#3366cc', { reducedMotion: 'reduce' })
  await enter(calm, room)
  await scene.host.say(room, `:${name}:`)
  const still = calm.getByRole('img', { name: `:${name}:` })
  const colour = () =>
    still.evaluate((one) => {
      const dots = one instanceof HTMLCanvasElement && one.getContext('2d')
      return dots && [...dots.getImageData(5, 5, 1, 1).data]
    })
  await becomes(colour, [255, 0, 0, 255])
  await enter(ann, room)
  await becomes(() => ann.locator('.message img.custom-emoji').count(), 1)
  // Three alone are as large as those that are text, and the line is as high before they come.
  assert.is(await still.evaluate((one) => getComputedStyle(one).fontSize), '36px')
})

test.run()
