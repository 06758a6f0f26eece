import * as assert from 'uvu/assert'
import { word } from '../stack/client.ts'
import { people } from './people.ts'
import { arrive, join, say, shows } from './talk.ts'
import { one } from './two.ts'
import { becomes, holds, matches } from './wait.ts'

const test = people('rooms')

test('someone makes a room on the first page and gives its link to somebody who joins there', async (scene) => {
  const name = `Tea ${word()}`
  const maker = await scene.guest('maker')
  await maker.goto('/')
  await maker.getByLabel('Name').fill(name)
  await maker.getByLabel('Topic').fill('what to drink')
  await arrive(maker, () => maker.getByRole('button', { name: 'Make the room' }).click())
  await maker.waitForURL(/\/r\/tea-/)
  await becomes(() => maker.locator('h1').textContent(), name)
  await becomes(() => maker.locator('.topic').textContent(), 'what to drink')
  await becomes(() => maker.title(), `${name} · Natter`)
  await say(maker, 'green or black?')

  const friend = await scene.visitor()
  await friend.goto(maker.url())
  await shows(friend, ['green or black?'])
  await join(friend)
  await say(friend, 'black')
  await shows(maker, ['green or black?', 'black'])
})

test('a new room says what to do first, until something is said', async (scene) => {
  const [page] = await one(scene)
  const empty = page.getByText('Nothing has been said here yet')
  await holds(() => empty.isVisible())
  await say(page, 'hello')
  await shows(page, ['hello'])
  await becomes(() => empty.isVisible(), false)
})

test('the rooms are listed on the first page and beside the talk, the open one marked', async (scene) => {
  const name = `Garden ${word()}`
  const room = await scene.room(name)
  const page = await scene.visitor()
  await page.goto('/')
  await page.getByRole('link', { name }).click()
  await page.waitForURL(`/r/${room}`)
  await becomes(() => page.locator('nav [aria-current=page]').textContent(), name)
  await page.locator('nav').getByRole('link', { name: 'Lobby' }).click()
  await page.waitForURL('/r/lobby')
  await becomes(() => page.locator('nav [aria-current=page]').textContent(), 'Lobby')
})

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with' : 'without'

  test(`a taken name is told and what was typed stays, ${how} JavaScript`, async (scene) => {
    scene.expectsFault(/status of 409/)
    const name = `Taken ${word()}`
    await scene.room(name)
    const page = await scene.guest('maker', '#3366cc', { javaScriptEnabled })
    await page.goto('/')
    await page.getByLabel('Name').fill(name.toLowerCase())
    await page.getByLabel('Topic').fill('a <b>topic</b> & more')
    await page.getByRole('button', { name: 'Make the room' }).click()
    const told = await page.getByRole('alert').textContent()
    assert.match(told ?? '', `There is already a room called ${name.toLowerCase()}`)
    await becomes(() => page.getByLabel('Name').inputValue(), name.toLowerCase())
    await becomes(() => page.getByLabel('Topic').inputValue(), 'a <b>topic</b> & more')
    await page.getByLabel('Name').fill(`${name} again`)
    await page.getByRole('button', { name: 'Make the room' }).click()
    await page.waitForURL(/\/r\/taken-/)
  })
}

test('a visitor is told to pick a name before making a room', async (scene) => {
  const page = await scene.visitor()
  await page.goto('/')
  await becomes(() => page.getByRole('button', { name: 'Make the room' }).count(), 0)
  await page.locator('#new-room').getByRole('link', { name: 'Pick a name' }).click()
  await page.waitForURL('/me')
})

test('an address where there is no room says so and leads on', async (scene) => {
  scene.expectsFault(/status of 404/)
  const page = await scene.visitor()
  await page.goto(`/r/${word()}`)
  await matches(() => page.getByRole('alert').textContent(), /no such room/)
  await page.getByRole('link', { name: 'All rooms' }).click()
  await page.waitForURL('/')
})

test.run()
