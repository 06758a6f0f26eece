/** Two people who answer and change what they say, the network cut once in the middle. */
import type { Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import { messagesOf } from '../stack/client.ts'
import { people } from './people.ts'
import { composer, enter, say, shows, submit, texts } from './talk.ts'
import { choose, message, one, two } from './two.ts'
import { becomes, holds } from './wait.ts'

const test = people('a conversation')

test('an answer quotes what it answers, follows its change, and leads to it', async (scene) => {
  const { ann, ben } = await two(scene)
  await say(ann, 'shall we go today?')
  await shows(ben, ['shall we go today?'])
  await choose(ben, 'shall we go today?', 'Answer')
  await ben.getByText('Answering Ann Archer: shall we go today?').waitFor()
  await scene.without(ben, async () => {
    await submit(ben, 'yes, at five')
  })
  await shows(ann, ['shall we go today?', 'yes, at five'])
  await becomes(() => ben.locator('.mode').count(), 0)
  const quote = (page: Page) => message(page, 'yes, at five').locator('.answers').textContent()
  for (const page of [ann, ben]) {
    await becomes(() => quote(page), 'Ann Archer shall we go today?')
  }
  await composer(ann).press('ArrowUp')
  await ann.getByText('Editing your message').waitFor()
  await scene.without(ben, async () => {
    await submit(ann, 'shall we go tomorrow?')
    await shows(ann, ['shall we go tomorrow?', 'yes, at five'])
  })
  await shows(ben, ['shall we go tomorrow?', 'yes, at five'])
  await becomes(() => quote(ben), 'Ann Archer shall we go tomorrow?')
  await becomes(() => composer(ann).inputValue(), '')
  // What was answered glows, but not for long.
  const glows = ben.locator('.message.glow').waitFor()
  await message(ben, 'yes, at five').locator('.answers a').click()
  await glows
})

test('an edit that meets another is told so, shows it, and loses nothing', async (scene) => {
  scene.expectsFault(/409/)
  const [ann, room] = await one(scene, 'Ann Archer')
  await say(ann, 'first words')
  await choose(ann, 'first words', 'Edit')
  await becomes(() => composer(ann).inputValue(), 'first words')
  const n = await message(ann, 'first words').getAttribute('data-n')
  await ann.context().request.patch(`/r/${room}/messages/${n}`, { data: { body: 'other device' } })
  await submit(ann, 'this device')
  await ann.getByRole('alert').getByText('changed meanwhile').waitFor()
  await becomes(() => composer(ann).inputValue(), 'this device')
  await shows(ann, ['other device'])
  await composer(ann).press('Enter')
  await shows(ann, ['this device'])
})

test('what is being written stays while something else is edited', async (scene) => {
  const [ann] = await one(scene, 'Ann Archer')
  await say(ann, 'said')
  await composer(ann).fill('half a thought')
  await choose(ann, 'said', 'Edit')
  await becomes(() => composer(ann).inputValue(), 'said')
  await composer(ann).press('Escape')
  await becomes(() => composer(ann).inputValue(), 'half a thought')
  const isThere = () => composer(ann).evaluate((one) => one === document.activeElement)
  await holds(isThere, 'one writes on')
})

test('what was being written is there when one comes back from another page than the edit', async (scene) => {
  const [ann, room] = await one(scene, 'Ann Archer')
  await say(ann, 'said')
  await composer(ann).fill('half a thought')
  await choose(ann, 'said', 'Edit')
  await becomes(() => composer(ann).inputValue(), 'said')
  await composer(ann).fill('said otherwise')
  await enter(ann, room)
  await becomes(() => composer(ann).inputValue(), 'half a thought')
})

test('an edit that is sent twice at once is saved once, and nothing is said against it', async (scene) => {
  const [ann] = await one(scene, 'Ann Archer')
  await say(ann, 'said')
  await choose(ann, 'said', 'Edit')
  await becomes(() => composer(ann).inputValue(), 'said')
  await composer(ann).fill('said otherwise')
  for (const _ of ['once', 'twice']) await composer(ann).press('Enter')
  await shows(ann, ['said otherwise'])
  await becomes(() => ann.locator('.mode').count(), 0)
  await becomes(() => ann.locator('#refused').textContent(), '')
})

test('an edit without words is not saved: that one may delete the message is said', async (scene) => {
  const [ann] = await one(scene, 'Ann Archer')
  await say(ann, 'said')
  await choose(ann, 'said', 'Edit')
  await becomes(() => composer(ann).inputValue(), 'said')
  await submit(ann, ' ')
  await ann.getByText('You can delete the message instead').waitFor()
  await becomes(() => ann.locator('#refused').textContent(), '')
  await composer(ann).press('Escape')
  await shows(ann, ['said'])
})

test('what waits to be sent does not become the answer that one writes meanwhile', async (scene) => {
  scene.expectsFault(/status of 503/)
  const [ann, room] = await one(scene, 'Ann Archer')
  await say(ann, 'a question')
  let isAway = true
  await ann.route('**/messages', (route) =>
    isAway && route.request().method() === 'POST'
      ? route.fulfill({ status: 503, headers: { 'retry-after': '1' }, body: 'away' })
      : route.continue(),
  )
  await submit(ann, 'not for that')
  await ann.getByText('Not sent yet').waitFor()
  await choose(ann, 'a question', 'Answer')
  await ann.locator('.mode').waitFor()
  isAway = false
  await shows(ann, ['a question', 'not for that'])
  const [, other] = await messagesOf(room)
  assert.is(other?.reply_to, null)
  await becomes(() => ann.locator('.mode').count(), 1, 'what is answered is still to come')
  await say(ann, 'an answer')
  await becomes(async () => (await messagesOf(room))[2]?.reply_to, 1)
})

test('who is named is found by the beginning of their name, and sees that they are meant', async (scene) => {
  const { ann, ben } = await two(scene)
  await say(ann, 'hello')
  await shows(ben, ['hello'])
  await composer(ben).pressSequentially('look, @ann')
  await ben.getByRole('option', { name: 'Ann Archer' }).waitFor()
  await composer(ben).press('Enter')
  await becomes(() => composer(ben).inputValue(), 'look, @Ann Archer ')
  await scene.without(ann, () => say(ben, 'look, @Ann Archer #lobby'))
  await shows(ann, ['hello', 'look, @Ann Archer #lobby'])
  const isMeant = (page: Page) =>
    message(page, 'look').evaluate((item) => item.classList.contains('names-me'))
  await becomes(() => isMeant(ann), true)
  await becomes(() => isMeant(ben), false)
  const links = await message(ann, 'look')
    .locator('.body a')
    .evaluateAll((all) => all.map((one) => one.getAttribute('href')?.replace(/\d+$/, 'ID')))
  assert.is(links[1], '/r/lobby')
  assert.ok(links[0]?.endsWith('/members/ID'))
})

test('a word that is complete as it stands is sent by one key', async (scene) => {
  const [ann] = await one(scene, 'Ann Archer')
  await composer(ann).pressSequentially('see #lobb')
  await ann.getByRole('option', { name: 'Lobby' }).waitFor()
  await composer(ann).press('y')
  await ann.getByRole('option', { name: 'Lobby' }).waitFor({ state: 'detached' })
  await composer(ann).press('Enter')
  await shows(ann, ['see #lobby'])
})

test('all of it works without JavaScript', async (scene) => {
  const room = await scene.room()
  const ann = await scene.guest('ann', '#3366cc', { javaScriptEnabled: false })
  await ann.goto(`/r/${room}`)
  await composer(ann).fill('first words')
  await ann.getByRole('button', { name: 'Send' }).click()
  const talk = ann.frameLocator('iframe')
  await shows(talk, ['first words'])
  const { n } = (
    await (
      await ann.context().request.get(`/r/${room}`, { headers: { accept: 'application/json' } })
    ).json()
  ).messages[0]
  const open = () => ann.goto(`/r/${room}/messages/${n}`)
  await open()
  await ann.getByText('Put it in other words').click()
  await ann.getByLabel('The message').fill('better words')
  await ann.getByRole('button', { name: 'Save', exact: true }).click()
  await becomes(() => texts(ann), ['better words'])
  await ann.getByText('React to it').click()
  await ann.getByLabel('An emoji').fill('🎉')
  await ann.getByRole('button', { name: 'React', exact: true }).click()
  await ann.getByRole('button', { name: '🎉 1' }).waitFor()
  await ann.getByRole('button', { name: 'Pin it' }).click()
  await ann.getByRole('button', { name: 'Unpin it' }).waitFor()
  await ann.getByText('Answer it').click()
  await ann.getByLabel('Your answer').fill('an answer')
  await ann.getByRole('button', { name: 'Send the answer' }).click()
  await shows(talk, ['better words', 'an answer'])
  await open()
  await ann.getByRole('link', { name: 'What it said before' }).click()
  await ann.getByText('first words').waitFor()
  await open()
  await ann.getByRole('button', { name: 'Delete this message' }).click()
  await ann.getByRole('button', { name: 'Bring it back' }).click()
  await becomes(() => texts(ann), ['better words', 'an answer'])
})

test.run()
