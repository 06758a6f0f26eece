import * as assert from 'uvu/assert'
import { type Front, front } from './front.ts'
import { people, type Scene } from './people.ts'
import { alone, enter, say, shows, state } from './talk.ts'
import { one } from './two.ts'
import { becomes, holds } from './wait.ts'

const test = people('how messages come')

/** A test with a proxy between the browsers and the server. */
const through = (title: string, play: (scene: Scene, proxy: Front) => Promise<void>) =>
  test(title, async (scene) => play(scene, scene.lends(await front())))

const ways = (proxy: Front) => proxy.waits.map(({ way }) => way)

for (const kind of ['a worker for all tabs', 'a tab for itself']) {
  const isAlone = kind === 'a tab for itself'

  through(`messages come by one stream, asked for once, by ${kind}`, async (scene, proxy) => {
    const room = await scene.room()
    const page = await scene.guest('ann', '#3366cc', { baseURL: proxy.url })
    if (isAlone) await alone(page)
    await enter(page, room)
    const said = ['one', 'two', 'three']
    for (const text of said) await scene.host.say(room, text)
    await shows(page, said)
    await say(page, 'four')
    await shows(page, [...said, 'four'])
    assert.equal(proxy.waits, [{ way: 'stream', open: room, isHeld: true }])
  })

  through(`where a proxy holds a stream back, ${kind} polls`, async (scene, proxy) => {
    proxy.lets('at the end')
    const room = await scene.room()
    const page = await scene.guest('ann', '#3366cc', { baseURL: proxy.url })
    if (isAlone) await alone(page)
    await page.goto(`/r/${room}`)
    await scene.host.say(room, 'while it is found out')
    await shows(page, ['while it is found out'])
    await becomes(async () => proxy.held().map(({ way }) => way), ['poll'])
    for (const text of ['one', 'two']) await scene.host.say(room, text)
    await shows(page, ['while it is found out', 'one', 'two'])
    await becomes(() => state(page), '')
    const streams = ways(proxy).filter((way) => way === 'stream').length
    assert.is(streams, 1)

    // The next page knows.
    await page.goto('/me')
    await enter(page, room)
    await scene.host.say(room, 'three')
    await shows(page, ['while it is found out', 'one', 'two', 'three'])
    assert.is(ways(proxy).filter((way) => way === 'stream').length, streams)
  })
}

through('a stream of which only the beginning passes is given up as well', async (scene, proxy) => {
  proxy.lets('first piece')
  const [page, room] = await one(scene, 'ann', '#3366cc', { baseURL: proxy.url })
  await holds(async () => ways(proxy).includes('poll'), 'it polls')
  await scene.host.say(room, 'here')
  await shows(page, ['here'])
})

through('what is said while a stream is cut comes once, in order', async (scene, proxy) => {
  const [page, room] = await one(scene, 'ann', '#3366cc', { baseURL: proxy.url })
  const said: string[] = []
  for (let n = 1; n <= 30; n++) {
    if (n % 5 === 0) proxy.drop()
    said.push(`message ${n}`)
    await scene.host.say(room, `message ${n}`)
  }
  await shows(page, said)
  await becomes(() => state(page), '')
})

test('where the script does not come, htmx polls', async (scene) => {
  scene.expectsFault(/ERR_FAILED/)
  const room = await scene.room()
  const page = await scene.guest()
  await page.route('**/natter/live.js*', (route) => route.abort())
  const asked = page.waitForRequest(/after=.*wait=/)
  await page.goto(`/r/${room}`)
  await asked
  for (const text of ['one', 'two']) {
    await scene.host.say(room, text)
    await shows(page, text === 'one' ? ['one'] : ['one', 'two'])
  }
})

test.run()
