import type { Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import { type Message, plainMessage } from '../../handlers/chat/messages.ts'
import type { LogEvent } from '../../handlers/live/log.ts'
import { streamEvent } from '../../handlers/pages/stream.ts'
import { changesFragment } from '../../handlers/pages/talk.tsx'
import { type Guest, guest } from '../stack/client.ts'
import { people, type Scene } from './people.ts'
import { alone, arrive, enter, isInSight, numbered, say, shows, texts } from './talk.ts'
import { becomes, holds } from './wait.ts'

const test = people('earlier messages')

/** A room in which so many messages were said, by two people in turn. */
async function roomOf(scene: Scene, count: number): Promise<string> {
  const room = await scene.room()
  const speakers: Guest[] = [scene.host, await guest('another')]
  for (const [index, text] of numbered(1, count).entries()) {
    await speakers[index % 2]?.say(room, text)
  }
  return room
}

const earlier = (page: Page) => page.getByRole('link', { name: 'Earlier messages' })

const top = async (page: Page, message: string) =>
  (await page.locator(message).boundingBox())?.y ?? Number.NaN

/** Scrolls to an end of what is shown. @returns where a message is then */
const scrollTo = (page: Page, end: 'first' | 'last', message: string): Promise<number> =>
  page.locator('#scroller').evaluate(
    (scroller, [place, selector]) => {
      scroller.scrollTop = place === 'first' ? -scroller.scrollHeight : 0
      return document.querySelector(selector)?.getBoundingClientRect().y ?? Number.NaN
    },
    [end, message] as const,
  )

test('what was said before comes as one scrolls to it, in order, and all stays in its place', async (scene) => {
  const room = await roomOf(scene, 120)
  const page = await scene.visitor()
  await enter(page, room)
  await shows(page, numbered(71, 120))
  for (const first of [21, 1]) {
    const shown = `#m${first === 21 ? 71 : 21}`
    const before = await scrollTo(page, 'first', shown)
    await shows(page, numbered(first, 120))
    await holds(async () => Math.abs((await top(page, shown)) - before) <= 4, 'it stays in place')
  }
  await becomes(() => earlier(page).count(), 0)
  await scene.host.say(room, 'now')
  await shows(page, [...numbered(1, 120), 'now'])
  await becomes(() => page.locator('.day').allTextContents(), ['Today'])
})

test('where the network goes while one scrolls, what was said before comes when it is back', async (scene) => {
  const room = await roomOf(scene, 80)
  const page = await scene.far()
  await enter(page, room)
  await shows(page, numbered(31, 80))
  await scene.without(page, async () => {
    const failed = page.waitForEvent('requestfailed', (one) => one.url().includes('before='))
    await scrollTo(page, 'first', '#m31')
    await failed
    await scene.host.say(room, 'message 81')
  })
  await shows(page, numbered(1, 81))
})

test('a link to a message opens the room around it, and one reads on to the present, which goes on', async (scene) => {
  const room = await roomOf(scene, 130)
  const page = await scene.visitor()
  await page.goto(`/r/${room}/messages/50`)
  await shows(page, numbered(25, 74))
  const message = page.locator('#m50')
  await holds(async () => /\bglow\b/.test((await message.getAttribute('class')) ?? ''), 'it glows')
  await holds(() => isInSight(page, '#m50'), 'it is in sight')
  const before = await scrollTo(page, 'last', '#m74')
  await shows(page, numbered(25, 124))
  await holds(async () => Math.abs((await top(page, '#m74')) - before) <= 4, 'it stays in place')
  await scrollTo(page, 'last', '#m74')
  await shows(page, numbered(25, 130))
  await scene.host.say(room, 'message 131')
  await shows(page, numbered(25, 131))
})

test('a day is gone to, and one comes back to the present', async (scene) => {
  const room = await roomOf(scene, 130)
  const page = await scene.visitor()
  await enter(page, room)
  await page.locator('.day').getByRole('link', { name: 'Today' }).click()
  await page.getByLabel('The day').fill(new Date().toISOString().slice(0, 10))
  await page.getByRole('button', { name: 'Go' }).click()
  await holds(async () => (await texts(page))[0] === 'message 1', 'the day begins')
  await holds(() => isInSight(page, '#m1'), 'one stands there')
  await page.goto(`/r/${room}/messages/1`)
  await holds(async () => (await texts(page))[0] === 'message 1', 'it begins with that one')
  await page.getByRole('button', { name: 'To the present' }).click()
  await shows(page, numbered(81, 130))
  await holds(() => isInSight(page, '#m130'), 'the present is in sight')
})

test('a page that goes on from a message begins with it', async (scene) => {
  const room = await roomOf(scene, 60)
  const page = await scene.visitor()
  await page.goto(`/r/${room}?from=5`)
  await holds(() => isInSight(page, '#m5'), 'it is in sight')
})

test('a link to a new message opens a room that goes on', async (scene) => {
  const room = await roomOf(scene, 3)
  const page = await scene.visitor()
  await page.goto(`/r/${room}/messages/2`)
  await shows(page, numbered(1, 3))
  await scene.host.say(room, 'message 4')
  await shows(page, numbered(1, 4))
})

test('a copied link shows its message in the middle of what is around it', async (scene) => {
  const room = await roomOf(scene, 80)
  for (const javaScriptEnabled of [true, false]) {
    const page = await scene.guest('ann', '#3366cc', { javaScriptEnabled })
    await page.goto(`/r/${room}/messages/40#m40`)
    const isIn = (message: string) => isInSight(page, message)
    await holds(() => isIn('#m40'), 'the message is seen')
    await holds(() => isIn('#m39'), 'what was said before it is seen')
    await holds(() => isIn('#m41'), 'what was said after it is seen')
    if (!javaScriptEnabled) continue
    const fromMiddle = () =>
      page.locator('#m40').evaluate((one) => {
        const { top, bottom } = one.getBoundingClientRect()
        const seen = document.getElementById('scroller')?.getBoundingClientRect() ?? new DOMRect()
        return Math.abs(top + bottom - seen.top - seen.bottom) / 2 < 40
      })
    await holds(fromMiddle, 'the message is in the middle')
  }
})

test('the time of a message is the link to it', async (scene) => {
  const room = await roomOf(scene, 2)
  const page = await scene.visitor()
  await enter(page, room)
  await page.locator('#m1 .at').click()
  await page.waitForURL(`/r/${room}/messages/1#m1`)
})

test('who writes in a page of old messages sees it at the present', async (scene) => {
  const room = await roomOf(scene, 80)
  const page = await scene.guest()
  await arrive(page, () => page.goto(`/r/${room}/messages/5`))
  await say(page, 'what was that about?')
  await page.waitForURL(`/r/${room}`)
  await shows(page, [...numbered(32, 80), 'what was that about?'])
})

/** An edit as the server tells of it. */
function edited(n: number, body: string): LogEvent {
  const author = { id: 1, name: 'editor', color: '#3366cc', kind: 'guest' } as const
  const at = new Date('2026-03-02T10:00:00Z')
  const message: Message = {
    ...{ n, author, body, at, editedAt: at, deleted: false, version: 2, ...plainMessage },
  }
  return { seq: 1_000, type: 'message.noted', by: 1, at, message }
}

test('an edit changes a message where it stands, and one that is not shown appears nowhere', async (scene) => {
  const room = await roomOf(scene, 60)
  const page = await scene.visitor()
  const events = [edited(2, 'edited far above'), edited(30, 'edited here')]
  let told = false
  await alone(page)
  await page.route(/\/me\/events\?/, async (route) => {
    if (told) return route.continue()
    told = true
    const id = new URL(route.request().url()).searchParams.get('after') ?? ''
    const data = changesFragment(room, { events, next: 1_000, more: false })
    const contentType = 'text/event-stream'
    await route.fulfill({ contentType, body: streamEvent({ id, data }) })
  })
  await page.goto(`/r/${room}`)
  const after = [...numbered(11, 29), 'edited here', ...numbered(31, 60)]
  await shows(page, after)
  await becomes(() => page.locator('#m30 .noted').count(), 1)
  await scene.host.say(room, 'now')
  await shows(page, [...after, 'now'])
  assert.not((await texts(page)).includes('edited far above'))
})

test.run()
