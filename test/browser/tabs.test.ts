import type { Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import { type Front, front } from './front.ts'
import { people, type Scene } from './people.ts'
import { alone, enter, say, shows, state } from './talk.ts'
import { becomes } from './wait.ts'

const test = people('tabs of one browser')

/** One browser behind a proxy, with a tab for each of the rooms. */
async function browse(scene: Scene, rooms: string[]): Promise<{ proxy: Front; tabs: Page[] }> {
  const proxy = scene.lends(await front())
  const first = await scene.guest('ann', '#3366cc', { baseURL: proxy.url })
  const tabs = [first]
  for (const _ of rooms.slice(1)) tabs.push(await first.context().newPage())
  for (const [index, tab] of tabs.entries()) await enter(tab, rooms[index] ?? '')
  return { proxy, tabs }
}

const roomsOf = (scene: Scene, count: number) =>
  Promise.all(Array.from({ length: count }, () => scene.room()))

const holdsOne = (proxy: Front) => becomes(async () => proxy.held().length, 1)

test('more tabs than a browser has connections hold one, and each shows its own room’s messages', async (scene) => {
  const rooms = await roomsOf(scene, 8)
  const { proxy, tabs } = await browse(scene, rooms)
  await holdsOne(proxy)
  const rounds = ['one', 'two', 'three']
  for (const round of rounds) {
    await Promise.all(rooms.map((room) => scene.host.say(room, `${round} in ${room}`)))
  }
  for (const [index, tab] of tabs.entries()) {
    await shows(
      tab,
      rounds.map((round) => `${round} in ${rooms[index]}`),
    )
  }
  await holdsOne(proxy)
  assert.is(proxy.held()[0]?.open, rooms.at(-1))
})

test('tabs of one room show the same, and one of them speaks', async (scene) => {
  const room = await scene.room()
  const { proxy, tabs } = await browse(scene, [room, room, room])
  const [first] = tabs as [Page]
  await say(first, 'from the first')
  await scene.host.say(room, 'from elsewhere')
  for (const tab of tabs) await shows(tab, ['from the first', 'from elsewhere'])
  await holdsOne(proxy)
})

test('the room of the tab that is looked at is the open one', async (scene) => {
  const rooms = await roomsOf(scene, 3)
  const { proxy, tabs } = await browse(scene, rooms)
  for (const index of [1, 0, 2, 1]) {
    await look(tabs[index])
    await becomes(async () => proxy.held().map(({ open }) => open), [rooms[index] ?? null])
    await scene.host.say(rooms[index] ?? '', 'you there')
  }
  await shows(tabs[1] as Page, ['you there', 'you there'])
})

test('closing the tab that leads loses nothing', async (scene) => {
  const [room = '', other = ''] = await roomsOf(scene, 2)
  const { proxy, tabs } = await browse(scene, [room, other, room])
  const said: string[] = []
  const speak = async (text: string) => {
    said.push(text)
    for (const one of [room, other]) await scene.host.say(one, text)
  }
  await speak('before')
  const closing = tabs[2]?.close()
  for (const text of ['one', 'two', 'three']) await speak(text)
  await closing
  await speak('after')
  for (const tab of tabs.slice(0, 2)) await shows(tab, said)
  await holdsOne(proxy)
})

test('tabs get over the death of their worker', async (scene) => {
  const rooms = await roomsOf(scene, 2)
  const { proxy, tabs } = await browse(scene, rooms)
  const [first] = tabs as [Page]
  const browser = first.context().browser()
  const session = await browser?.newBrowserCDPSession()
  const { targetInfos = [] } = (await session?.send('Target.getTargets')) ?? {}
  // The browser may still have workers of other tests.
  const own = await first.context().newCDPSession(first)
  const { browserContextId } = (await own.send('Target.getTargetInfo')).targetInfo
  const worker = targetInfos.find(
    (one) => one.type === 'shared_worker' && one.browserContextId === browserContextId,
  )
  await session?.send('Target.closeTarget', { targetId: worker?.targetId ?? '' })
  await becomes(async () => proxy.held().length, 0)
  for (const room of rooms) await scene.host.say(room, 'are you there?')
  for (const tab of tabs) await look(tab)
  for (const tab of tabs) await shows(tab, ['are you there?'])
  await holdsOne(proxy)
})

test('a tab without the shared worker has a connection of its own', async (scene) => {
  const [room = '', other = ''] = await roomsOf(scene, 2)
  const proxy = scene.lends(await front())
  const first = await scene.guest('ann', '#3366cc', { baseURL: proxy.url })
  const second = await first.context().newPage()
  for (const tab of [first, second]) await alone(tab)
  await enter(first, room)
  await enter(second, other)
  await becomes(async () => proxy.held().length, 2)
  await scene.host.say(room, 'here')
  await scene.host.say(other, 'there')
  await shows(first, ['here'])
  await shows(second, ['there'])
})

test('tabs that have been hidden for long hold nothing, look now and then, and come back at once', async (scene) => {
  const room = await scene.room()
  const proxy = scene.lends(await front())
  const page = await scene.guest('ann', '#3366cc', { baseURL: proxy.url })
  await alone(page)
  await page.clock.install()
  await enter(page, room)
  await becomes(async () => proxy.held().length, 1)
  await hide(page, true)
  await scene.host.say(room, 'hidden for a moment')
  await shows(page, ['hidden for a moment'])
  const rests = page.evaluate(
    () =>
      new Promise((resolve) => {
        // The page has set its pause when it takes what the look has brought.
        document.addEventListener('htmx:before:swap', () => resolve(0), { once: true })
      }),
  )
  await page.clock.fastForward('05:01')
  // It looks once, and then rests for a minute.
  const hasLooked = ({ way, isHeld }: { way: string; isHeld: boolean }) => way === 'look' && !isHeld
  await becomes(async () => proxy.waits.some(hasLooked), true)
  await becomes(async () => proxy.held().length, 0)
  await rests
  await scene.host.say(room, 'hidden for long')
  await page.clock.fastForward('01:01')
  await shows(page, ['hidden for a moment', 'hidden for long'])
  assert.is(proxy.held().length, 0)
  await scene.host.say(room, 'looked at')
  await hide(page, false)
  await shows(page, ['hidden for a moment', 'hidden for long', 'looked at'])
  await becomes(async () => proxy.held().map(({ way }) => way), ['stream'])
  await becomes(() => state(page), '')
})

test('a room in which something is said elsewhere is marked new, until it is opened', async (scene) => {
  const [room = '', other = ''] = await roomsOf(scene, 2)
  const page = await scene.guest()
  await enter(page, room)
  const link = page.locator(`.rooms a[href="/r/${other}"]`)
  const name = (await link.textContent()) ?? ''
  await scene.host.say(other, 'psst')
  await becomes(() => link.textContent(), `${name} new`)
  await page.reload()
  await becomes(() => link.textContent(), `${name} new`)
  const told = page.waitForResponse((answer) => answer.url().endsWith(`/r/${other}/read`))
  await enterBy(page, () => link.click())
  await told
  await enter(page, room)
  await becomes(() => link.textContent(), name)
  const home = await page.context().newPage()
  await home.goto('/')
  await scene.host.say(other, 'psst again')
  const card = home.locator(`.card[href="/r/${other}"]`)
  await becomes(() => card.locator('.new').count(), 1)
  // Once looked into it is one of theirs, in which messages are counted.
  await becomes(() => link.textContent(), `${name}1 unread`)
})

const enterBy = async (page: Page, how: () => Promise<void>) => {
  await how()
  await page.locator('.app.live').waitFor()
}

/** As when somebody turns to a tab: pages in a browser without windows are all in sight. */
const look = (page: Page | undefined) => page?.evaluate(() => dispatchEvent(new Event('focus')))

/** As when a tab is left for another. */
const hide = (page: Page, isHidden: boolean) =>
  page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  }, isHidden)

test.run()
