/** Two people, one of whom types. */
import * as assert from 'uvu/assert'
import { people } from './people.ts'
import { composer, enter, say, shows, state } from './talk.ts'
import { one, pair } from './two.ts'
import { becomes, holds } from './wait.ts'

const test = people('who types and who is here')

test('one sees that another types, until they have said it', async (scene) => {
  const [ann, ben] = await pair(scene)
  await composer(ann).pressSequentially('hello')
  await becomes(() => state(ben), 'Ann is typing')
  assert.is(await state(ann), '')
  await becomes(() => ben.locator('#state').getAttribute('role'), 'status')
  await composer(ann).press('Enter')
  await shows(ben, ['hello'])
  await becomes(() => state(ben), '')
})

test('who types is seen by one whose network was away meanwhile', async (scene) => {
  const room = await scene.room()
  const [ann, ben] = [await scene.guest('Ann'), await scene.far('Ben')]
  await enter(ann, room)
  await enter(ben, room)
  await scene.without(ben, async () => {
    await becomes(async () => /offline/i.test(await state(ben)), true)
    await scene.host.say(room, 'hello')
  })
  await shows(ben, ['hello'])
  await composer(ann).pressSequentially('are you back?')
  await becomes(() => state(ben), 'Ann is typing')
  await composer(ann).press('Enter')
  await shows(ben, ['hello', 'are you back?'])
})

test('a browser tells once that somebody types, however much they type', async (scene) => {
  const [page] = await one(scene, 'Ann')
  let told = 0
  page.on('request', (request) => {
    if (request.url().endsWith('/typing')) told++
  })
  // What tells it comes with the first letter.
  const telling = page.waitForRequest(/\/typing$/)
  await composer(page).pressSequentially('h')
  await telling
  await composer(page).pressSequentially('ello there, this takes a while')
  await say(page, 'and is said')
  await shows(page, ['and is said'])
  assert.is(told, 1)
})

test('who wants nobody to know is not seen, and says so on the page about themselves', async (scene) => {
  const room = await scene.room()
  const [ann, ben] = [await scene.guest('Ann'), await scene.guest('Ben')]
  await ann.goto('/me')
  await ann.getByRole('button', { name: 'Let nobody see it' }).click()
  await ann.getByText('Nobody sees when you are here, or when you type.').waitFor()
  await enter(ann, room)
  await enter(ben, room)
  const answered = ann.waitForResponse((answer) => answer.url().endsWith('/typing'))
  await composer(ann).pressSequentially('hello')
  await answered
  await say(ann, 'first')
  await say(ben, 'I see nobody')
  await shows(ben, ['first', 'I see nobody'])
  assert.is(await state(ben), '')
  await ben.goto(`/r/${room}/members`)
  const card = ben.locator('.card', { hasText: 'Ann' })
  await card.waitFor()
  await becomes(() => card.locator('.here').count(), 0)
})

test('who has the room open has a dot among its people', async (scene) => {
  const room = await scene.room()
  const [ann, ben] = [await scene.guest('Ann'), await scene.guest('Ben')]
  await enter(ann, room)
  await say(ann, 'I am here')
  const headers = { accept: 'application/json' }
  await holds(async () => {
    const { members } = await (await ben.request.get(`/r/${room}/members`, { headers })).json()
    return members.some((one: { here?: boolean }) => one.here)
  }, 'the server has heard of it')
  await ben.goto(`/r/${room}/members`)
  await ben.locator('.card', { hasText: 'Ann' }).locator('.here').waitFor()
})

test.run()
