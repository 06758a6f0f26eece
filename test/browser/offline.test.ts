import type { Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import { type Guest, messagesOf } from '../stack/client.ts'
import { networkFault, people } from './people.ts'
import { alone, composer, enter, postsOf, say, shows, state, submit, texts } from './talk.ts'
import { one } from './two.ts'
import { becomes, holds } from './wait.ts'
import { wire } from './wire.ts'

const test = people('losing the network')

const offlineText = "You're offline. What you write is kept and sent when you're back."

type Two = {
  room: string
  ann: Page
  ben: Page
  host: Guest
  lose(): Promise<void>
  find(): Promise<void>
}

/** Ann, who is about to lose the network, and Ben, in a room where both have spoken. */
function annAndBen(title: string, play: (two: Two) => Promise<void>) {
  test(title, async (scene) => {
    scene.expectsFault(networkFault)
    const line = scene.lends(await wire())
    const room = await scene.room()
    const ann = await scene.guest('ann', '#3366cc', { baseURL: line.url })
    const ben = await scene.guest('ben')
    await enter(ann, room)
    await enter(ben, room)
    await say(ann, 'hello')
    await shows(ben, ['hello'])
    // The browser tells its pages, but its workers go on: they need a wire that is cut.
    const lose = async () => {
      line.cut()
      await ann.context().setOffline(true)
      await becomes(() => state(ann), offlineText)
    }
    const find = () => {
      line.mend()
      return ann.context().setOffline(false)
    }
    await play({ room, ann, ben, host: scene.host, lose, find })
  })
}

annAndBen(
  'someone who comes back gets what was said meanwhile, in order and once',
  async ({ ann, ben, lose, find }) => {
    await lose()
    for (const text of ['one', 'two', 'three']) await say(ben, text)
    await find()
    await shows(ann, ['hello', 'one', 'two', 'three'])
    await becomes(() => state(ann), '')
    await say(ben, 'four')
    await shows(ann, ['hello', 'one', 'two', 'three', 'four'])
  },
)

annAndBen(
  'what is written without the network stays, is called unsent, and is sent by itself, once',
  async ({ room, ann, ben, lose, find }) => {
    await lose()
    await submit(ann, 'can you hear me?')
    await holds(async () => (await state(ann)).startsWith('Not sent yet'), 'it says so')
    await becomes(() => composer(ann).inputValue(), 'can you hear me?')
    await find()
    await shows(ben, ['hello', 'can you hear me?'])
    await becomes(() => composer(ann).inputValue(), '')
    await becomes(() => state(ann), '')
    await say(ben, 'I can')
    for (const page of [ann, ben]) await shows(page, ['hello', 'can you hear me?', 'I can'])
    assert.is((await messagesOf(room)).length, 3)
  },
)

annAndBen(
  'both sides write while the network is away, and agree in the end',
  async ({ ann, ben, lose, find }) => {
    await lose()
    await say(ben, 'ben writes')
    await submit(ann, 'ann writes')
    await say(ben, 'ben writes on')
    await find()
    for (const page of [ann, ben]) {
      await shows(page, ['hello', 'ben writes', 'ben writes on', 'ann writes'])
    }
  },
)

annAndBen('the network may come and go more than once', async ({ ann, ben, lose, find }) => {
  const said = ['hello']
  for (const text of ['first', 'second', 'third']) {
    await lose()
    await say(ben, text)
    await find()
    said.push(text)
    await shows(ann, said)
  }
})

annAndBen(
  'more than a page is missed: the newest page takes the place of the list',
  async ({ ann, room, lose, find, host }) => {
    await lose()
    const numbers = Array.from({ length: 60 }, (_, index) => `missed ${index + 1}`)
    for (const text of numbers) await host.say(room, text)
    await find()
    await shows(ann, numbers.slice(-50))
    await host.say(room, 'and on')
    await shows(ann, [...numbers.slice(-50), 'and on'])
  },
)

annAndBen('retries of what is unsent bear one nonce', async ({ ann, ben, lose, find }) => {
  const posts = postsOf(ann)
  await lose()
  await submit(ann, 'once')
  await holds(async () => posts.length >= 2, 'it is tried again')
  await find()
  await shows(ben, ['hello', 'once'])
  assert.is(new Set(posts.map(({ nonce }) => nonce)).size, 1)
})

test('a server that is gone is found again, and nothing is missed', async (scene) => {
  scene.expectsFault(networkFault)
  const line = scene.lends(await wire())
  const [ann, room] = await one(scene, 'ann', '#3366cc', { baseURL: line.url })
  line.cut()
  await becomes(() => state(ann), "The server can't be reached just now. Trying again.")
  for (const text of ['one', 'two']) await scene.host.say(room, text)
  await submit(ann, 'three')
  await holds(async () => (await state(ann)).startsWith('Not sent yet'), 'it says so')
  await becomes(() => texts(ann), [])
  line.mend()
  await shows(ann, ['one', 'two', 'three'])
  await becomes(() => state(ann), '')
  assert.is((await messagesOf(room)).length, 3)
})

test('a portal that answers everything with a page of its own wipes nothing', async (scene) => {
  const room = await scene.talk('still here')
  const page = await scene.visitor()
  let between = true
  await alone(page)
  await page.route(/\/me\/events\?/, (route) =>
    between
      ? route.fulfill({ contentType: 'text/html', body: '<h1>Welcome to the café’s network</h1>' })
      : route.continue(),
  )
  await page.goto(`/r/${room}`)
  await becomes(() => state(page), "The server can't be reached just now. Trying again.")
  await becomes(() => texts(page), ['still here'])
  await becomes(() => page.locator('h1').count(), 1)
  between = false
  await scene.host.say(room, 'found again')
  await shows(page, ['still here', 'found again'])
  await becomes(() => state(page), '')
})

test.run()
