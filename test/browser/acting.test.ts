/** Two people who react to what was said, pin, save and delete it, the network cut once in the middle. */
import type { Page } from 'playwright-core'
import { people } from './people.ts'
import { composer, hears, say, shows, texts } from './talk.ts'
import { choose, message, one, two } from './two.ts'
import { becomes } from './wait.ts'

const test = people('what is done to messages')

test('a reaction that cannot be sent says so', async (scene) => {
  const { ann, ben } = await two(scene)
  await say(ann, 'done')
  await hears(ann, 1)
  await choose(ann, 'done', 'React', '👍')
  const given = ben.locator('.reactions button')
  await given.hover()
  await ben.locator('.acts').waitFor()
  await scene.without(ben, async () => {
    await given.click()
    await ben.getByText("can't be reached just now").first().waitFor()
  })
})

test('reactions are counted for both, and one’s own is outlined', async (scene) => {
  const { ann, ben } = await two(scene)
  await say(ann, 'done')
  await shows(ben, ['done'])
  const given = async (page: Page) => {
    const buttons = await page.locator('.reactions button').all()
    return Promise.all(
      buttons.map(async (one) => [
        (await one.textContent())?.trim(),
        await one.getAttribute('aria-pressed'),
      ]),
    )
  }
  await choose(ben, 'done', 'React', '🎉')
  await becomes(() => given(ann), [['🎉 1', 'false']])
  await becomes(() => given(ben), [['🎉 1', 'true']])
  await scene.without(ben, async () => {
    await ann.locator('.reactions button').click()
    await becomes(() => given(ann), [['🎉 2', 'true']])
  })
  await becomes(() => given(ben), [['🎉 2', 'true']])
  await ben.locator('.reactions button').click()
  await becomes(() => given(ann), [['🎉 1', 'true']])
})

test('a menu that is open stays so while others change its message, and tells of it as it is', async (scene) => {
  const { ann, ben } = await two(scene)
  await say(ann, 'hello')
  await hears(ben, 1)
  await choose(ben, 'hello', 'More')
  const menu = ben.getByRole('group', { name: 'More' })
  const entry = (name: string) => menu.getByRole('button', { name, exact: true })
  await entry('Save for me').focus()
  await choose(ann, 'hello', 'React', '🎉')
  await message(ben, 'hello').getByRole('button', { name: '🎉' }).waitFor()
  await becomes(() => entry('Save for me').evaluate((one) => one === document.activeElement), true)
  await hears(ann, 2)
  await choose(ann, 'hello', 'More', 'Pin')
  await entry('Unpin').waitFor()
  await ben.keyboard.press('Escape')

  await choose(ben, 'hello', 'React')
  const reactions = ben.getByRole('group', { name: 'Reactions' })
  await hears(ann, 3)
  await choose(ann, 'hello', 'Edit')
  await becomes(() => composer(ann).inputValue(), 'hello')
  await say(ann, 'hello you')
  await shows(ben, ['hello you'])
  await reactions.getByRole('button', { name: '🙏' }).click()
  await message(ann, 'hello you').getByRole('button', { name: '🙏' }).waitFor()

  await hears(ben, 5)
  await choose(ben, 'hello you', 'More')
  await hears(ann, 5)
  await choose(ann, 'hello you', 'More', 'Delete')
  await becomes(() => ben.locator('.message[data-deleted]').count(), 1)
  await becomes(() => ben.locator('.acts').count(), 0)
})

test('any emoji may be given', async (scene) => {
  const [ann] = await one(scene, 'Ann Archer')
  await say(ann, 'done')
  await hears(ann, 1)
  await choose(ann, 'done', 'React', 'Other emoji')
  await ann.getByRole('dialog').getByLabel('Find an emoji').fill('rocket')
  await ann.getByRole('listbox', { name: 'Emoji' }).getByRole('option').first().click()
  await ann.locator('.reactions').getByRole('button', { name: '🚀 1' }).waitFor()
})

test('what was deleted by mistake comes back, for both', async (scene) => {
  const { ann, ben } = await two(scene)
  await say(ann, 'one')
  await say(ann, 'two')
  await shows(ben, ['one', 'two'])
  await hears(ann, 2)
  // It is offered for a while, and the other may be longer in coming back.
  const offered = ann.getByRole('button', { name: 'Undo' }).elementHandle()
  await scene.without(ben, async () => {
    await choose(ann, 'two', 'More', 'Delete')
    await becomes(() => texts(ann), ['one', 'This message was deleted.'])
  })
  const undo = await offered
  await becomes(() => texts(ben), ['one', 'This message was deleted.'])
  await undo?.evaluate((button) => (button as HTMLElement).click())
  for (const page of [ann, ben]) await becomes(() => texts(page), ['one', 'two'])
})

test('what is saved is reacted to where it stands, also beside one with its number of another room', async (scene) => {
  const [room, other] = [await scene.room(), await scene.room()]
  const page = await scene.guest()
  for (const one of [room, other]) {
    await scene.host.say(one, `said in ${one}`)
    await page.request.put(`/r/${one}/messages/1/reactions/🎉`)
    await page.request.put(`/r/${one}/messages/1/saved`)
  }
  await page.goto('/saved')
  for (const one of [room, other]) {
    const saved = page.locator('.message', { hasText: `said in ${one}` })
    await saved.locator('.reactions button').click()
    await becomes(() => saved.locator('.reactions').count(), 0)
  }
  await becomes(() => page.locator('.message').count(), 2)
})

test('a message is pinned for both, saved for one, and its thread goes on by itself', async (scene) => {
  const { room, ann, ben } = await two(scene)
  await say(ann, 'the plan')
  await say(ben, 'something else')
  await shows(ben, ['the plan', 'something else'])
  await choose(ben, 'the plan', 'More', 'Pin')
  for (const page of [ann, ben]) {
    await becomes(() => message(page, 'the plan').locator('.noted').textContent(), 'pinned')
  }
  // The pin is the third.
  await hears(ben, 3)
  await choose(ben, 'the plan', 'More', 'Save for me')
  await ben.getByText('Saved.').waitFor()
  await choose(ann, 'the plan', 'More', 'Thread')
  await ann.waitForURL(/thread$/)
  await ann.locator('.app.live').waitFor()
  await becomes(() => texts(ann), ['the plan'])
  await becomes(() => composer(ann).getAttribute('placeholder'), 'Answer in this thread')
  await choose(ben, 'the plan', 'Answer')
  await ben.locator('.mode').waitFor()
  await scene.without(ann, () => say(ben, 'I like it'))
  await say(ben, 'and not in the thread')
  await becomes(() => texts(ann), ['the plan', 'I like it'])
  await say(ann, 'good')
  await becomes(() => message(ben, 'good').locator('.answers').textContent(), 'Ann Archer the plan')
  await ben.goto(`/r/${room}/pins`)
  await becomes(() => texts(ben), ['the plan'])
  await ben.goto('/saved')
  await becomes(() => texts(ben), ['the plan'])
  await ben.getByRole('button', { name: 'Let go' }).click()
  await ben.goto('/saved')
  await ben.getByText('You have saved nothing yet').waitFor()
})

test.run()
