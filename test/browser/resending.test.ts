import type { Page, Route } from 'playwright-core'
import * as assert from 'uvu/assert'
import { messagesOf } from '../stack/client.ts'
import { latch } from '../until.ts'
import { people } from './people.ts'
import { arrive, composer, postsOf, say, shows, state, submit } from './talk.ts'
import { one, pair } from './two.ts'
import { becomes, holds } from './wait.ts'

const test = people('sending again')

/** Does something else with the first posts of a page. */
async function spoil(page: Page, times: number, how: (route: Route) => Promise<void>) {
  let left = times
  await page.route('**/messages', (route) => {
    if (route.request().method() !== 'POST' || left-- <= 0) return route.continue()
    return how(route)
  })
}

const away = (seconds: number) => (route: Route) =>
  route.fulfill({
    status: 503,
    headers: { 'retry-after': `${seconds}`, 'content-type': 'text/html' },
    body: '<div class="alert" role="alert" data-code="unavailable"><p>Away.</p></div>',
  })

test('what the server cannot take now stays, and is sent by itself with the same nonce, once', async (scene) => {
  scene.expectsFault(/status of 503/)
  const [ann, ben, room] = await pair(scene)
  const posts = postsOf(ann)
  await spoil(ann, 3, away(1))
  await submit(ann, 'patience')
  await holds(async () => (await state(ann)).startsWith('Not sent yet'), 'it says so')
  await becomes(() => composer(ann).inputValue(), 'patience')
  await shows(ben, ['patience'])
  await becomes(() => composer(ann).inputValue(), '')
  await becomes(() => state(ann), '')
  assert.is(posts.length, 4)
  assert.is(new Set(posts.map(({ nonce }) => nonce)).size, 1)
  assert.is((await messagesOf(room)).length, 1)
})

test('a message whose answer was lost is stored once', async (scene) => {
  scene.expectsFault(/ERR_FAILED|Failed to fetch/)
  const [ann, room] = await one(scene, 'ann')
  const posts = postsOf(ann)
  await spoil(ann, 2, async (route) => {
    await route.fetch()
    await route.abort()
  })
  await say(ann, 'did that work?')
  await say(ann, 'it did')
  await shows(ann, ['did that work?', 'it did'])
  assert.is(posts.length, 4)
  assert.is(new Set(posts.slice(0, 3).map(({ nonce }) => nonce)).size, 1)
  assert.is.not(posts[3]?.nonce, posts[0]?.nonce)
  assert.is((await messagesOf(room)).length, 2)
})

test('a text that was changed before it could be sent is a new message', async (scene) => {
  scene.expectsFault(/status of 503/)
  const [ann] = await one(scene, 'ann')
  const posts = postsOf(ann)
  await spoil(ann, 1, away(600))
  await submit(ann, 'helo')
  await holds(async () => (await state(ann)).startsWith('Not sent yet'), 'it says so')
  await say(ann, 'hello')
  await shows(ann, ['hello'])
  const last = posts.at(-1)
  assert.is(last?.body, 'hello')
  const others = posts.filter(({ body }) => body === 'helo')
  for (const { nonce } of others) assert.is.not(nonce, last?.nonce)
})

/** Sends a text, which does not get through yet. @returns what lets it through */
async function sendsHeld(page: Page, text: string): Promise<() => void> {
  const { opened, open } = latch()
  await spoil(page, 1, async (route) => {
    await opened
    await route.continue()
  })
  const asked = page.waitForRequest((request) => request.method() === 'POST')
  await submit(page, text)
  await asked
  await composer(page).press('End')
  return open
}

test('what was typed on while a message was under way stays', async (scene) => {
  const [ann] = await one(scene, 'ann')
  const letThrough = await sendsHeld(ann, 'first')
  await composer(ann).pressSequentially(' and then')
  letThrough()
  await shows(ann, ['first'])
  await becomes(() => composer(ann).inputValue(), 'and then')
})

test('what is sent while a message is under way is the next message', async (scene) => {
  const [ann] = await one(scene, 'ann')
  const letThrough = await sendsHeld(ann, 'first')
  await composer(ann).pressSequentially(' second')
  await composer(ann).press('Enter')
  letThrough()
  await shows(ann, ['first', 'second'])
  await becomes(() => composer(ann).inputValue(), '')
})

test('what was typed on after a message that could not be sent is not sent with it', async (scene) => {
  scene.expectsFault(/status of 503/)
  const [ann] = await one(scene, 'ann')
  await spoil(ann, 1, away(4))
  await submit(ann, 'sent')
  await holds(async () => (await state(ann)).startsWith('Not sent yet'), 'it says so')
  await composer(ann).press('End')
  await composer(ann).pressSequentially(' not yet')
  await shows(ann, ['sent'])
  await becomes(() => composer(ann).inputValue(), 'not yet')
})

test('what could not be sent is known after a reload, and sent once', async (scene) => {
  scene.expectsFault(/ERR_FAILED|Failed to fetch/)
  const [ann, room] = await one(scene, 'ann')
  const posts = postsOf(ann)
  // Until the page is loaded again no answer comes, however often it asks meanwhile.
  await spoil(ann, Infinity, async (route) => {
    await route.fetch()
    await route.abort()
  })
  await submit(ann, 'stored, but who knows')
  await holds(async () => posts.length > 0, 'it was sent')
  await arrive(ann, () => ann.reload())
  await ann.unroute('**/messages')
  await becomes(() => composer(ann).inputValue(), 'stored, but who knows')
  await composer(ann).press('Enter')
  await becomes(() => composer(ann).inputValue(), '')
  await shows(ann, ['stored, but who knows'])
  assert.is(new Set(posts.map(({ nonce }) => nonce)).size, 1)
  assert.is((await messagesOf(room)).length, 1)
})

for (const [what, text, status, sentence] of [
  ['too long', 'a'.repeat(10_001), 413, /at most 10,000 characters/],
  ['nothing but what cannot be seen', '\u200b\u2060', 422, /Write something first/],
] as const) {
  test(`a text that is ${what} is refused with a sentence, and stays`, async (scene) => {
    scene.expectsFault(new RegExp(`status of ${status}`))
    const [ann] = await one(scene, 'ann')
    await submit(ann, text)
    const alert = ann.getByRole('alert')
    await holds(async () => sentence.test((await alert.textContent()) ?? ''), 'the sentence')
    assert.ok((await composer(ann).inputValue()) === text)
    await say(ann, 'fine')
    await shows(ann, ['fine'])
    await becomes(() => alert.count(), 0)
  })
}

test.run()
