import type { Page } from 'playwright-core'
import { baseUrl, word } from '../stack/client.ts'
import { authenticatorFor } from './authenticator.ts'
import { people, type Scene } from './people.ts'
import { becomes, holds, matches } from './wait.ts'

const { hostname, port } = new URL(baseUrl || 'http://localhost')
const server = hostname === 'localhost' ? '127.0.0.1' : hostname
const plainAddress = `http://chat.example${port ? `:${port}` : ''}`

const test = people('passkeys', [`--host-resolver-rules=MAP chat.example ${server}`])

/** Somebody with an account, in a new context. */
async function member(scene: Scene): Promise<[Page, string]> {
  const page = await scene.visitor()
  const name = `Member ${word()}`
  await page.request.post('/accounts', { data: { name, password: 'a few plain words' } })
  return [page, name]
}

const names = (page: Page) => page.locator('.kept .card-name').allTextContents()
const button = (page: Page, name: string) => page.getByRole('button', { name })

async function add(page: Page, name: string): Promise<void> {
  await page.goto('/passkeys')
  await page.getByLabel('Name').fill(name)
  await button(page, 'Add a passkey').click()
}

/** Opens the part of the page on which one signs in. */
async function openSignIn(page: Page): Promise<void> {
  await page.goto('/me')
  await page.locator('summary', { hasText: 'Sign in' }).click()
}

test('a member adds a passkey, signs out, signs in with it on a fresh page, and removes it', async (scene) => {
  const [page, name] = await member(scene)
  const device = await authenticatorFor(page)
  await page.goto('/me')
  await page
    .getByRole('navigation', { name: 'Your account' })
    .getByRole('link', { name: 'Passkeys' })
    .click()
  await page.waitForURL('/passkeys')
  await matches(() => page.getByLabel('Name').inputValue(), /^\S.* on \S/)
  await add(page, 'This laptop')
  await becomes(() => names(page), ['This laptop'])
  await page.goto('/me')
  await button(page, 'Sign out').click()
  await page.waitForURL('/')

  const fresh = await scene.visitor()
  await device.copyFor(fresh)
  await openSignIn(fresh)
  await button(fresh, 'Sign in with a passkey').click()
  await fresh.waitForURL('/')
  await becomes(() => fresh.locator('.me .name').textContent(), name)

  await fresh.goto('/passkeys')
  await fresh.getByText(/last used/).waitFor()
  await button(fresh, 'Remove This laptop').click()
  await becomes(() => names(fresh), [])
  await fresh.getByText('None yet.').waitFor()
})

test('a guest signs in with a passkey, and is the member from then on', async (scene) => {
  const [page, name] = await member(scene)
  const device = await authenticatorFor(page)
  await add(page, 'The key')
  await becomes(() => names(page), ['The key'])
  const guest = await scene.guest('passing-fox')
  await device.copyFor(guest)
  await openSignIn(guest)
  await button(guest, 'Sign in with a passkey').click()
  await guest.waitForURL('/')
  await becomes(() => guest.locator('.me .name').textContent(), name)
})

test('a device that has a passkey of mine already says so', async (scene) => {
  const [page] = await member(scene)
  await authenticatorFor(page)
  await add(page, 'First')
  await becomes(() => names(page), ['First'])
  await add(page, 'Second')
  await page.getByRole('alert').getByText('on this device already').waitFor()
  await becomes(() => page.getByLabel('Name').inputValue(), 'Second', 'what was typed stays')
  await becomes(() => names(page), ['First'])
})

test('a passkey that was removed elsewhere opens nothing, and one may try again', async (scene) => {
  scene.expectsFault(/status of 401/)
  const [page] = await member(scene)
  const device = await authenticatorFor(page)
  await add(page, 'Lost')
  await becomes(() => names(page), ['Lost'])
  await button(page, 'Remove Lost').click()
  await becomes(() => names(page), [])
  const fresh = await scene.visitor()
  await device.copyFor(fresh)
  await openSignIn(fresh)
  await button(fresh, 'Sign in with a passkey').click()
  await fresh.getByRole('alert').getByText('opens no account here').waitFor()
  await button(fresh, 'Sign in with a passkey').click()
  await becomes(() => fresh.getByRole('alert').count(), 1)
})

test('a device without a passkey of this place says so by itself, and the page stays calm', async (scene) => {
  const page = await scene.visitor()
  await authenticatorFor(page)
  await openSignIn(page)
  await button(page, 'Sign in with a passkey').click()
  await page.getByRole('alert').getByText('No passkey was chosen').waitFor()
})

test('a server that is away is named, and not the passkey', async (scene) => {
  scene.expectsFault(/ERR_FAILED|status of 502/)
  const page = await scene.visitor()
  await authenticatorFor(page)
  await openSignIn(page)
  for (const answer of ['abort', 'a proxy’s own page']) {
    await page.route('**/challenges/sessions/passkey', (route) =>
      answer === 'abort' ? route.abort() : route.fulfill({ status: 502, body: '<h1>Bad</h1>' }),
    )
    await button(page, 'Sign in with a passkey').click()
    await page.getByRole('alert').getByText('could not be reached').waitFor()
    await page.reload()
    await page.locator('summary', { hasText: 'Sign in' }).click()
  }
})

test('without JavaScript no control is dead: passkeys are seen and removed, and that is said', async (scene) => {
  const [page] = await member(scene)
  await authenticatorFor(page)
  await add(page, 'Seen')
  await becomes(() => names(page), ['Seen'])
  const cookies = await page.context().cookies()
  const plain = await scene.visitor({ javaScriptEnabled: false })
  await openSignIn(plain)
  await becomes(() => button(plain, 'Sign in with a passkey').count(), 0)
  await plain.context().addCookies(cookies)
  await plain.goto('/passkeys')
  await becomes(() => button(plain, 'Add a passkey').count(), 0)
  await holds(() => plain.locator('noscript .hint').isVisible())
  await button(plain, 'Remove Seen').click()
  await plain.waitForURL('/passkeys')
  await plain.getByText('None yet.').waitFor()
  await becomes(() => names(plain), [])
})

for (const baseURL of [plainAddress, `http://127.0.0.1${port ? `:${port}` : ''}`]) {
  test(`no control is dead at ${new URL(baseURL).hostname}, where a browser makes none`, async (scene) => {
    const [home] = await member(scene)
    const page = await scene.visitor({ baseURL })
    const cookies = await home.context().cookies()
    await page
      .context()
      .addCookies(cookies.map(({ name, value }) => ({ name, value, url: baseURL })))
    await page.goto('/passkeys')
    await page.getByText('has to begin with https').waitFor()
    await becomes(() => button(page, 'Add a passkey').count(), 0)
    const visitor = await scene.visitor({ baseURL })
    await openSignIn(visitor)
    await visitor.waitForFunction(() => document.readyState === 'complete')
    await becomes(() => button(visitor, 'Sign in with a passkey').count(), 0)
  })
}

test.run()
