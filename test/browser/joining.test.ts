import * as assert from 'uvu/assert'
import { word } from '../stack/client.ts'
import { people } from './people.ts'
import { composer, enter, join, say, shows } from './talk.ts'
import { one, onlooker } from './two.ts'
import { becomes, matches } from './wait.ts'

const test = people('joining')

const aDay_s = 24 * 3600

test('a visitor finds a friendly name and a colour, joins, writes, and is known after a reload', async (scene) => {
  const [page] = await onlooker(scene)
  const name = await page.locator('input[name=name]').inputValue()
  assert.match(name, /^[a-z]+-[a-z]+$/)
  await matches(() => page.locator('input[name=color]').inputValue(), /^#[0-9a-f]{6}$/)
  await join(page)
  await say(page, 'here I am')
  await shows(page, ['here I am'])
  await becomes(() => page.locator('.message .name').textContent(), name)
  await page.reload()
  await shows(page, ['here I am'])
  await becomes(() => page.locator('.mine .name').textContent(), name)
  await becomes(() => page.locator('.me .name').textContent(), name)
  await composer(page).waitFor()
})

test('a browser knows me for much longer than a day, and tells no script how', async (scene) => {
  const page = await scene.visitor()
  await page.goto('/me')
  await page.getByRole('button', { name: 'Join' }).click()
  await page.locator('.me .name').waitFor()
  const [cookie] = await page.context().cookies()
  assert.ok((cookie?.expires ?? 0) > Date.now() / 1000 + 300 * aDay_s)
  assert.ok(cookie?.httpOnly)
  assert.is(cookie?.sameSite, 'Lax')
  assert.is(await page.evaluate(() => document.cookie), '')
})

test('a visitor may take a name and a colour of their own', async (scene) => {
  const room = await scene.room()
  const page = await scene.visitor()
  await page.goto(`/r/${room}`)
  await page.locator('input[name=name]').fill('Zoë  van Dijk ')
  await page.locator('input[name=color]').fill('#aa5500')
  await join(page)
  await say(page, 'hello')
  await shows(page, ['hello'])
  await becomes(() => page.locator('.message .name').textContent(), 'Zoë van Dijk')
  await becomes(() => page.locator('.message .mark').textContent(), 'ZV')
  await page.goto('/me')
  await becomes(() => page.locator('input[name=color]').inputValue(), '#aa5500')
})

test('a changed name stands on new messages, and old ones keep theirs', async (scene) => {
  const [page, room] = await one(scene, 'old-owl')
  await say(page, 'before')
  await page.locator('a.me').click()
  await page.locator('.profile input[name=name]').fill('new-newt')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.waitForURL('/')
  await enter(page, room)
  await say(page, 'after')
  await shows(page, ['before', 'after'])
  await page.reload()
  await becomes(() => page.locator('.message .name').allTextContents(), ['old-owl', 'new-newt'])
  await becomes(() => page.locator('.mine .body').allTextContents(), ['before', 'after'])
})

test('a name that does not do is refused with a sentence, and stays in its field', async (scene) => {
  scene.expectsFault(/status of 422/)
  const page = await scene.guest('short')
  const long = word().repeat(5)
  await page.goto('/me')
  await page.locator('.profile input[name=name]').fill(long)
  await page.getByRole('button', { name: 'Save' }).click()
  await matches(() => page.getByRole('alert').textContent(), /at most 40/)
  await becomes(() => page.locator('.profile input[name=name]').inputValue(), long)
})

test.run()
