import type { BrowserContextOptions, Page } from 'playwright-core'
import { word } from '../stack/client.ts'
import { people } from './people.ts'
import { composer, shows } from './talk.ts'
import { becomes, matches } from './wait.ts'

const test = people('accounts')

const PASSWORD = 'a few plain words'

const nameShown = (page: Page) => page.locator('.me .name').textContent()

const wayOf = (page: Page, way: string) =>
  page.locator('details').filter({ has: page.locator('summary', { hasText: way }) })

/** Unfolds one of the page's ways, and fills in its form. */
async function fill(page: Page, way: string, name: string, password = PASSWORD): Promise<void> {
  const form = wayOf(page, way)
  if ((await form.getAttribute('open')) === null) await form.locator('summary').click()
  await form.getByLabel('Name').fill(name)
  await form.getByLabel('Password').fill(password)
  await form.getByRole('button', { name: way, exact: true }).click()
}

const ways: [title: string, options: BrowserContextOptions][] = [
  ['', {}],
  [', without JavaScript', { javaScriptEnabled: false }],
]

for (const [how, options] of ways) {
  test(`a guest makes an account, leaves, and is let in on another device${how}`, async (scene) => {
    const room = await scene.room()
    const name = `Member ${word()}`
    const page = await scene.guest('wandering-owl', '#3366cc', options)
    await page.request.post(`/r/${room}/messages`, { data: { body: 'as a guest' } })
    await page.goto('/me')
    await fill(page, 'Make an account', name)
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    await page.goto('/')
    await becomes(() => nameShown(page), name)

    const phone = await scene.visitor(options)
    await phone.goto('/me')
    await fill(phone, 'Sign in', name)
    await phone.waitForURL('/')
    await becomes(() => nameShown(phone), name)

    await page.goto('/me')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL('/')
    await becomes(() => page.locator('.me').textContent(), 'Pick a name')
    await phone.reload()
    await becomes(() => nameShown(phone), name)
  })

  test(`a wrong password says so beside what was typed, and is not shown again${how}`, async (scene) => {
    scene.expectsFault(/401/)
    const page = await scene.visitor(options)
    await page.goto('/me')
    const name = `Nobody ${word()}`
    await fill(page, 'Sign in', name, 'not that one')
    const form = wayOf(page, 'Sign in')
    await form.getByRole('alert').waitFor()
    await matches(() => form.getByRole('alert').textContent(), /do not go together/)
    await becomes(() => form.getByLabel('Name').inputValue(), name)
    await becomes(() => form.getByLabel('Password').inputValue(), '')
  })
}

test('what a guest wrote is marked as theirs once they have an account', async (scene) => {
  const room = await scene.room()
  const page = await scene.guest('passing-fox')
  await page.request.post(`/r/${room}/messages`, { data: { body: 'as a guest' } })
  await page.goto('/me')
  await fill(page, 'Make an account', `Member ${word()}`)
  await page.getByRole('button', { name: 'Sign out' }).waitFor()
  await page.goto(`/r/${room}`)
  await shows(page, ['as a guest'])
  await page.locator('.mine .body').waitFor()
  await composer(page).waitFor()
})

test.run()
