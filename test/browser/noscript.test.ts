import type { FrameLocator, Page } from 'playwright-core'
import { messagesOf, word } from '../stack/client.ts'
import { people, type Scene } from './people.ts'
import { composer, isInSight, numbered, shows, texts } from './talk.ts'
import { becomes, holds } from './wait.ts'

const test = people('without JavaScript')

const javaScriptEnabled = false
const talk = (page: Page) => page.frameLocator('iframe')
const send = (page: Page) => page.getByRole('button', { name: 'Send' }).click()
const guest = (scene: Scene) => scene.guest('ann', '#3366cc', { javaScriptEnabled })

test('a visitor reads, joins and writes', async (scene) => {
  const room = await scene.talk('welcome')
  const page = await scene.visitor({ javaScriptEnabled })
  await page.goto(`/r/${room}`)
  await shows(talk(page), ['welcome'])
  await page.getByRole('button', { name: 'Join the talk' }).click()
  await composer(page).fill('thank you')
  await send(page)
  await page.waitForURL(`/r/${room}`)
  await shows(talk(page), ['welcome', 'thank you'])
  await becomes(() => composer(page).inputValue(), '')
})

test('what others say appears by itself, and what is being typed stays', async (scene) => {
  const room = await scene.talk('one')
  const page = await guest(scene)
  await page.goto(`/r/${room}`)
  await shows(talk(page), ['one'])
  await composer(page).fill('half a thou')
  for (const [index, text] of ['two', 'three', 'four'].entries()) {
    await scene.host.say(room, text)
    await shows(talk(page), ['one', 'two', 'three', 'four'].slice(0, index + 2))
  }
  await becomes(() => composer(page).inputValue(), 'half a thou')
})

test('a link to a message stands at it, and is not taken away by what is new', async (scene) => {
  const room = await scene.talk(...numbered(1, 40))
  const page = await guest(scene)
  await page.goto(`/r/${room}/messages/20#m20`)
  await holds(() => isInSight(page, '#m20:target'), 'it stands at it')
  await becomes(() => page.locator('iframe').count(), 0)
})

test('the newest message is in sight', async (scene) => {
  const room = await scene.talk(...numbered(1, 40))
  const page = await guest(scene)
  await page.goto(`/r/${room}`)
  const newest = talk(page).locator('#m40')
  await newest.waitFor()
  await holds(() => isInFrame(page, '#m40'), 'the end is in sight')
})

/** Whether a message in the frame lies within it. */
const isInFrame = (page: Page, message: string) =>
  talk(page)
    .locator(message)
    .evaluate((element) => {
      const { top, bottom } = element.getBoundingClientRect()
      return top >= 0 && bottom <= innerHeight
    })

test('a room is made and entered', async (scene) => {
  const page = await guest(scene)
  await page.goto('/')
  await page.getByLabel('Name').fill(`Quiet ${word()}`)
  await page.getByRole('button', { name: 'Make the room' }).click()
  await page.waitForURL(/\/r\/quiet-/)
  await talk(page).getByText('Nothing has been said here yet').waitFor()
})

test('a name and a colour are changed', async (scene) => {
  const page = await guest(scene)
  await page.goto('/me')
  await page.locator('.profile').getByLabel('Name').fill('another name')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.waitForURL('/')
  await becomes(() => page.locator('.me .name').textContent(), 'another name')
})

test('earlier messages are found by the link, and the present again', async (scene) => {
  const all = numbered(1, 70)
  const room = await scene.talk(...all)
  const page = await guest(scene)
  await page.goto(`/r/${room}`)
  await shows(talk(page), all.slice(20))
  await talk(page).getByRole('link', { name: 'Earlier messages' }).click()
  await page.waitForURL(/before=21/)
  await shows(page, all.slice(0, 20))
  await holds(() => page.getByText('message 20', { exact: true }).isVisible())
  await page.getByRole('link', { name: 'To the present' }).click()
  await page.waitForURL(`/r/${room}`)
  await shows(talk(page), all.slice(20))
})

test('tables have their edges, in the frame and on a page', async (scene) => {
  const room = await scene.room()
  const n = await scene.host.say(room, '|a|b|\n|-|-|\n|1|2|')
  const page = await guest(scene)
  const edge = (one: Page | FrameLocator) =>
    one
      .locator('td')
      .first()
      .evaluate((cell) => getComputedStyle(cell).borderTopWidth)
  await page.goto(`/r/${room}`)
  await becomes(() => edge(talk(page)), '1px')
  await page.goto(`/r/${room}/messages/${n}`)
  await becomes(() => edge(page), '1px')
})

test('the field that holds files leaves the composer its edge', async (scene) => {
  const page = await guest(scene)
  await page.goto(`/r/${await scene.room()}`)
  const files = page.getByLabel('Files', { exact: true })
  const ground = () => files.evaluate((field) => getComputedStyle(field).backgroundColor)
  await becomes(ground, 'rgba(0, 0, 0, 0)')
})

test('a link to an old message opens the room there', async (scene) => {
  const all = numbered(1, 60)
  const room = await scene.talk(...all)
  const page = await guest(scene)
  await page.goto(`/r/${room}/messages/3`)
  await becomes(() => texts(page), all.slice(0, 27))
  await holds(() => page.getByText('message 3', { exact: true }).isVisible())
  await page.getByRole('link', { name: 'Later messages' }).click()
  await page.waitForURL(/from=28/)
  await becomes(() => texts(page), all.slice(27))
  await holds(() => isInSight(page, '#m28'), 'one reads on where one was')
  await page.getByRole('link', { name: 'To the present' }).click()
  await page.waitForURL(`/r/${room}`)
  await shows(talk(page), all.slice(10))
  await page.goto(`/r/${room}?date=${new Date().toISOString().slice(0, 10)}`)
  await holds(() => isInSight(page, '#m1'), 'a day begins with its first')
})

for (const [what, text, sentence] of [
  ['too long', 'a'.repeat(10_001), /at most 10,000 characters/],
  ['nothing that can be seen', ' \u200b ', /Write something first/],
] as const) {
  test(`a text that is ${what} comes back in the form with a sentence`, async (scene) => {
    scene.expectsFault(/status of 4/)
    const room = await scene.room()
    const page = await guest(scene)
    await page.goto(`/r/${room}`)
    await composer(page).fill(text)
    await send(page)
    const alert = page.getByRole('alert')
    await becomes(async () => sentence.test((await alert.textContent()) ?? ''), true)
    await becomes(async () => (await composer(page).inputValue()) === text, true)
    await composer(page).fill('fine')
    await send(page)
    await becomes(async () => (await messagesOf(room)).map(({ body }) => body), ['fine'])
    await shows(talk(page), ['fine'])
  })
}

test('a text that begins with an empty line comes back as it was', async (scene) => {
  scene.expectsFault(/status of 413/)
  const room = await scene.room()
  const page = await guest(scene)
  await page.goto(`/r/${room}`)
  const text = `\n  <b>&amp;</b>${'a'.repeat(10_000)}\n`
  await composer(page).fill(text)
  await send(page)
  await page.getByRole('alert').waitFor()
  // The page comes piece by piece, and the alert before the field.
  await becomes(async () => (await composer(page).inputValue()) === text, true)
})

test.run()
