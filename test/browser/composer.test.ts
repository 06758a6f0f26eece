import type { Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import { messagesOf } from '../stack/client.ts'
import { people } from './people.ts'
import { arrive, composer, enter, postsOf, say, shows, submit } from './talk.ts'
import { one } from './two.ts'
import { becomes } from './wait.ts'

const test = people('the composer')

const send = (page: Page) => page.getByRole('button', { name: 'Send' })

test('Enter sends, and Shift+Enter makes a line', async (scene) => {
  const [page] = await one(scene)
  await composer(page).pressSequentially('one')
  await composer(page).press('Shift+Enter')
  await composer(page).pressSequentially('two')
  await becomes(() => composer(page).inputValue(), 'one\ntwo')
  await composer(page).press('Enter')
  await shows(page, ['one\ntwo'])
  await becomes(() => composer(page).inputValue(), '')
})

test('the button sends, and the next text can be typed at once', async (scene) => {
  const [page] = await one(scene)
  await composer(page).fill('by button')
  await send(page).click()
  await shows(page, ['by button'])
  await page.keyboard.type('and by key')
  await page.keyboard.press('Enter')
  await shows(page, ['by button', 'and by key'])
})

test('the Enter that ends a word of an input method sends nothing', async (scene) => {
  const [page] = await one(scene)
  await composer(page).fill('にほん')
  const typed = { key: 'Enter', isComposing: true, bubbles: true, cancelable: true }
  await composer(page).evaluate((field, event) => {
    field.dispatchEvent(new KeyboardEvent('keydown', event))
  }, typed)
  await submit(page, '日本')
  await shows(page, ['日本'])
})

test('an empty text sends nothing', async (scene) => {
  const [page] = await one(scene)
  const posts = postsOf(page)
  let complaints = 0
  await page.exposeFunction('complain', () => complaints++)
  await composer(page).evaluate((field) => {
    field.addEventListener('invalid', () => (window as unknown as { complain(): void }).complain())
  })
  for (const text of ['', '   ', '\n\n']) {
    await submit(page, text)
    await send(page).click()
  }
  assert.is(complaints, 0, 'nor is it complained of')
  await say(page, 'something')
  await shows(page, ['something'])
  assert.is(posts.length, 1)
})

test('a draft survives a reload, and a look into another room', async (scene) => {
  const [room, other] = [await scene.room(), await scene.room()]
  const page = await scene.guest()
  await enter(page, room)
  await composer(page).fill('half a thou')
  await page.reload()
  await becomes(() => composer(page).inputValue(), 'half a thou')
  await enter(page, other)
  await becomes(() => composer(page).inputValue(), '')
  await composer(page).fill('something else')
  await enter(page, room)
  await becomes(() => composer(page).inputValue(), 'half a thou')
  await say(page, 'half a thought')
  await arrive(page, () => page.reload())
  await becomes(() => composer(page).inputValue(), '')
  await enter(page, other)
  await becomes(() => composer(page).inputValue(), 'something else')
})

test('the same text twice on purpose is two messages', async (scene) => {
  const [page] = await one(scene)
  await say(page, 'yes')
  await say(page, 'yes')
  await shows(page, ['yes', 'yes'])
})

test('a double click on Send posts once', async (scene) => {
  const [page] = await one(scene)
  await composer(page).fill('just once')
  await send(page).dblclick()
  await becomes(() => composer(page).inputValue(), '')
  await say(page, 'next')
  await shows(page, ['just once', 'next'])
})

test('a text of many lines makes the field grow, and sending makes it small again', async (scene) => {
  const [page] = await one(scene)
  const height = async () => (await composer(page).boundingBox())?.height ?? 0
  const small = await height()
  await composer(page).fill('a\nb\nc\nd')
  assert.ok((await height()) > small + 40)
  await composer(page).press('Enter')
  await becomes(height, small)
})

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with' : 'without'

  test(`after Back a new text is a new message, ${how} JavaScript`, async (scene) => {
    const [room, other] = [await scene.room(), await scene.room()]
    const page = await scene.guest('ann', '#3366cc', { javaScriptEnabled })
    const posts = postsOf(page)
    const go = (how: () => Promise<unknown>) => (javaScriptEnabled ? arrive(page, how) : how())
    await go(() => page.goto(`/r/${room}`))
    await composer(page).fill('before')
    await send(page).click()
    await becomes(async () => (await messagesOf(room)).length, 1)
    await go(() => page.goto(`/r/${other}`))
    await go(() => page.goBack())
    await page.waitForURL(`/r/${room}`)
    await composer(page).fill('after')
    await send(page).click()
    await becomes(async () => (await messagesOf(room)).map(({ body }) => body), ['before', 'after'])
    if (!javaScriptEnabled) return
    assert.is(new Set(posts.map(({ nonce }) => nonce)).size, 2)
  })
}

test('without JavaScript, a form that is sent again after Back posts once', async (scene) => {
  const room = await scene.room()
  const page = await scene.guest('ann', '#3366cc', { javaScriptEnabled: false })
  await page.goto(`/r/${room}`)
  await composer(page).fill('once')
  const sentForm = await page.locator('input[name=once]').inputValue()
  await send(page).click()
  await becomes(async () => (await messagesOf(room)).length, 1)
  const again = await page.context().request.post(`/r/${room}/messages`, {
    form: { body: 'once', once: sentForm },
    headers: { accept: 'text/html' },
  })
  assert.is(again.status(), 200)
  assert.is((await messagesOf(room)).length, 1)
})

test.run()
