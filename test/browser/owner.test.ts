import type { BrowserContextOptions, Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import { migratedDatabase } from '../database.ts'
import { startNatter } from '../runner/server.ts'
import { word } from '../stack/client.ts'
import { until } from '../until.ts'
import { axeFindings } from './axe.ts'
import { people, type Scene } from './people.ts'
import { composer } from './talk.ts'
import { becomes } from './wait.ts'

const test = people('a server and its owner')

const PASSWORD = 'a few plain words'

/** A server that nobody owns yet. @returns its address, and the link that it printed */
async function unowned(scene: Scene): Promise<{ url: string; link: string }> {
  const { baseUrl, said, stop } = await startNatter(await migratedDatabase())
  scene.lends({ close: stop })
  const printed = () => /link=(http:\S+)/.exec(said())?.[1]
  await until(() => printed() !== undefined)
  return { url: baseUrl, link: printed() ?? '' }
}

const nameShown = (page: Page) => page.locator('.me .name').textContent()

const shownOnce = async (page: Page) => (await page.locator('.once code').textContent()) ?? ''

async function signIn(page: Page, name: string): Promise<void> {
  await page.goto('/me')
  await page.locator('summary', { hasText: 'Sign in' }).click()
  const way = page.locator('details[open]')
  await way.getByLabel('Name').fill(name)
  await way.getByLabel('Password').fill(PASSWORD)
  await way.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.waitForURL('/')
}

/** Nothing on the page stands in somebody's way, as far as axe can tell by its scripts. */
async function isForEverybody(page: Page, { javaScriptEnabled = true }: BrowserContextOptions) {
  if (!javaScriptEnabled) return
  assert.equal(await axeFindings(page), [])
}

const ways: [title: string, options: BrowserContextOptions][] = [
  ['', {}],
  [', without JavaScript', { javaScriptEnabled: false }],
]

for (const [how, options] of ways) {
  test(`the first owner adds a member, who comes by a link and keeps house${how}`, async (scene) => {
    scene.expectsFault(/401/)
    const { url, link } = await unowned(scene)
    const enter = () => scene.visitor({ baseURL: url, ...options })

    const olga = await enter()
    await olga.goto(link)
    await isForEverybody(olga, options)
    await olga.getByLabel('Name').fill('Olga Owner')
    await olga.getByLabel('Password').fill(PASSWORD)
    await olga.getByRole('button', { name: 'Own this server' }).click()
    await olga.waitForURL('/')
    await becomes(() => nameShown(olga), 'Olga Owner')
    await olga.goto('/me')
    await olga.getByRole('link', { name: 'People' }).click()
    await olga.getByLabel('Name').fill('Ann Archer')
    await olga.getByRole('button', { name: 'Add' }).click()
    const invitation = await shownOnce(olga)
    assert.ok(invitation.startsWith(`${url}/enter/`))
    await olga.locator('summary', { hasText: 'Ann Archer' }).click()
    await olga.getByRole('button', { name: /^Ban.*Ann Archer/ }).waitFor()
    await isForEverybody(olga, options)

    const ann = await enter()
    await ann.goto(invitation)
    await ann.getByText('You sign in as Ann Archer').waitFor()
    await isForEverybody(ann, options)
    await ann.getByLabel('New password').fill(PASSWORD)
    await ann.getByRole('button', { name: 'Sign in', exact: true }).click()
    await ann.waitForURL('/')
    await becomes(() => nameShown(ann), 'Ann Archer')

    const phone = await enter()
    await signIn(phone, 'Ann Archer')
    await phone.goto('/r/lobby')
    await ann.goto('/me')
    await ann.getByRole('link', { name: 'Devices' }).click()
    await ann.getByRole('button', { name: 'Sign out Chrome' }).waitFor()
    await isForEverybody(ann, options)
    await ann.getByRole('button', { name: 'Sign out Chrome' }).click()
    await ann.locator('.row', { hasText: 'Sign out' }).waitFor({ state: 'detached' })
    await composer(phone).fill('am I still here?')
    await phone.getByRole('button', { name: 'Send' }).click()
    await phone.getByRole('alert').getByText('Say who you are first').waitFor()
    await phone.goto('/me')
    await phone.getByRole('button', { name: 'Join' }).waitFor()

    await ann.goto('/tokens')
    await ann.getByLabel('Name').fill('robot')
    await ann.getByLabel('It may').selectOption('write')
    await ann.getByRole('button', { name: 'Make a token' }).click()
    const authorization = `Bearer ${await shownOnce(ann)}`
    await isForEverybody(ann, options)
    const posted = await fetch(`${url}/r/lobby/messages`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'text/plain' },
      body: `beep ${word()}`,
    })
    assert.is(posted.status, 201)
    await ann.goto('/tokens')
    await ann.getByRole('button', { name: 'End robot' }).click()
    await ann.getByText('You have none yet').waitFor()
    await ann.goto('/me/password')
    await isForEverybody(ann, options)
    assert.is((await fetch(`${url}/me`, { headers: { authorization } })).status, 401)
  })
}

test.run()
