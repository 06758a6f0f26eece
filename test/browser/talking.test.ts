import * as assert from 'uvu/assert'
import { hueClass } from '../../handlers/pages/palette.ts'
import { people } from './people.ts'
import { enter, say, shows } from './talk.ts'
import { pair } from './two.ts'
import { becomes } from './wait.ts'

const test = people('talking')

test('two people see each other’s messages at once, in order, without reloading', async (scene) => {
  const room = await scene.room()
  const ann = await scene.guest('ann')
  const ben = await scene.guest('ben')
  for (const page of [ann, ben]) {
    await enter(page, room)
    await page.evaluate(() => document.documentElement.setAttribute('data-here-since', 'the start'))
  }
  const said: string[] = []
  for (let round = 1; round <= 4; round++) {
    for (const [name, page] of Object.entries({ ann, ben })) {
      await say(page, `${name} ${round}`)
      said.push(`${name} ${round}`)
      await shows(ann, said)
      await shows(ben, said)
    }
  }
  for (const page of [ann, ben]) await becomes(() => page.locator('[data-here-since]').count(), 1)
})

test('two people who write at the same moment see the same order', async (scene) => {
  const room = await scene.room()
  const pages = [await scene.guest('ann'), await scene.guest('ben')]
  for (const page of pages) await enter(page, room)
  const rounds = ['one', 'two', 'three']
  await Promise.all(
    pages.map(async (page, who) => {
      for (const round of rounds) await say(page, `${round} of ${who}`)
    }),
  )
  const numbers = rounds.flatMap((_, round) => [2 * round + 1, 2 * round + 2]).map(String)
  for (const page of pages) {
    const messages = page.locator('.message')
    await becomes(
      () => messages.evaluateAll((all) => all.map((one) => one.getAttribute('data-n'))),
      numbers,
    )
  }
  const [first, second] = await Promise.all(
    pages.map((page) => page.locator('.message .body').allTextContents()),
  )
  assert.equal(first, second)
})

test('a message bears its author’s name, initials and colour, the same for everybody', async (scene) => {
  const room = await scene.room()
  const otter = await scene.guest('brave-otter', '#2222ee')
  const visitor = await scene.visitor()
  await enter(otter, room)
  await enter(visitor, room)
  await say(otter, 'here I am')
  const hue = hueClass('#2222ee')
  for (const page of [otter, visitor]) {
    await shows(page, ['here I am'])
    const message = page.locator('.message')
    await becomes(() => message.locator('.name').textContent(), 'brave-otter')
    await becomes(() => message.locator('.mark').textContent(), 'BO')
    await becomes(() => message.locator('.name').getAttribute('class'), `name ${hue}`)
    await becomes(() => message.locator('.mark').getAttribute('class'), `mark ${hue}`)
  }
})

test('people of other colours look different', async (scene) => {
  const room = await scene.room()
  const ann = await scene.guest('ann', '#cc2222')
  await scene.host.say(room, 'welcome')
  await enter(ann, room)
  await say(ann, 'thanks')
  const colors = await ann
    .locator('.message .name')
    .evaluateAll((names) => names.map((name) => getComputedStyle(name).color))
  assert.is(new Set(colors).size, 2)
})

test('my own messages are marked as mine, to me alone', async (scene) => {
  const [ann, ben] = await pair(scene)
  await say(ann, 'mine')
  await shows(ben, ['mine'])
  await say(ben, 'yours')
  await shows(ann, ['mine', 'yours'])
  await becomes(() => ann.locator('.mine .body').allTextContents(), ['mine'])
  await becomes(() => ben.locator('.mine .body').allTextContents(), ['yours'])
})

test('what one person says in a row holds together', async (scene) => {
  const [ann, ben] = await pair(scene)
  await say(ann, 'one')
  await say(ann, 'two')
  await shows(ben, ['one', 'two'])
  await say(ben, 'three')
  await shows(ann, ['one', 'two', 'three'])
  await say(ann, 'four')
  for (const page of [ann, ben]) {
    await shows(page, ['one', 'two', 'three', 'four'])
    await becomes(() => page.locator('.follows .body').allTextContents(), ['two'])
    await becomes(() => page.locator('.day').allTextContents(), ['Today'])
    await becomes(() => page.locator('.day + .message .body').textContent(), 'one')
  }
})

for (const script of ['vendor/hx-upsert.min.js', 'natter/live.js']) {
  test(`what is said while ${script} is on its way is not missed`, async (scene) => {
    const room = await scene.room()
    const page = await scene.visitor()
    await page.route(`**/${script}*`, async (route) => {
      await page.locator('#poller').waitFor({ state: 'attached' })
      await scene.host.say(room, 'early')
      await route.continue()
    })
    await page.goto(`/r/${room}`)
    await shows(page, ['early'])
    await scene.host.say(room, 'later')
    await shows(page, ['early', 'later'])
  })
}

test.run()
