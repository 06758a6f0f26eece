import * as assert from 'uvu/assert'
import { baseUrl } from '../stack/client.ts'
import { front } from './front.ts'
import { people } from './people.ts'
import { arrive, enter, join, say, shows } from './talk.ts'
import { becomes } from './wait.ts'

const { hostname, port } = new URL(baseUrl || 'http://localhost')
const server = hostname === 'localhost' ? '127.0.0.1' : hostname
const baseURL = `http://chat.example${port ? `:${port}` : ''}`

const test = people('a plain http address', [`--host-resolver-rules=MAP chat.example ${server}`])

test('joining, writing and receiving work where the page is no secure context', async (scene) => {
  const room = await scene.room()
  const ann = await scene.visitor({ baseURL })
  const ben = await scene.visitor({ baseURL })
  for (const page of [ann, ben]) {
    await arrive(page, () => page.goto(`/r/${room}`))
    assert.is(await page.evaluate(() => isSecureContext), false)
    await join(page)
  }
  await say(ann, 'hello from here')
  await shows(ben, ['hello from here'])
  await say(ben, 'and hello back')
  await shows(ann, ['hello from here', 'and hello back'])
  await ann.reload()
  await shows(ann, ['hello from here', 'and hello back'])
  await becomes(() => ann.locator('.mine .body').allTextContents(), ['hello from here'])
})

test('tabs share a connection there as well', async (scene) => {
  const proxy = scene.lends(await front())
  const rooms = [await scene.room(), await scene.room()]
  const address = `http://chat.example:${new URL(proxy.url).port}`
  const first = await scene.visitor({ baseURL: address })
  const tabs = [first, await first.context().newPage()]
  for (const [index, tab] of tabs.entries()) await enter(tab, rooms[index] ?? '')
  assert.is(await first.evaluate(() => isSecureContext), false)
  for (const room of rooms) await scene.host.say(room, `hello ${room}`)
  for (const [index, tab] of tabs.entries()) await shows(tab, [`hello ${rooms[index]}`])
  await becomes(async () => proxy.held().length, 1)
})

test('without JavaScript as well', async (scene) => {
  const room = await scene.room()
  const page = await scene.visitor({ baseURL, javaScriptEnabled: false })
  await page.goto(`/r/${room}`)
  await page.getByRole('button', { name: 'Join the talk' }).click()
  await page.locator('#body').fill('plain and simple')
  await page.getByRole('button', { name: 'Send' }).click()
  await shows(page.frameLocator('iframe'), ['plain and simple'])
})

test.run()
