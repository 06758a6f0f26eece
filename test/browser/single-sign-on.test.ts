import type { BrowserContextOptions, Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import { migratedDatabase } from '../database.ts'
import { openProvider, type TestProvider } from '../oidc/provider.ts'
import { freePort, type Natter, startNatter } from '../runner/server.ts'
import { people } from './people.ts'
import { becomes, matches } from './wait.ts'

const test = people('single sign-on')

let provider: TestProvider
let natter: Natter

test.before(async () => {
  const port = await freePort()
  provider = await openProvider([`http://localhost:${port}/oidc/callback`])
  natter = await startNatter(await migratedDatabase(), {
    ...provider.env,
    PORT: String(port),
    OIDC_NAME: 'Acme',
    LOGIN_HEADER: 'X-Forwarded-User',
    LOGIN_PROXIES: '127.0.0.1, ::1',
  })
})
test.after(async () => {
  await natter.stop()
  await provider.shut()
})

const nameShown = (page: Page) => page.locator('.me .name').textContent()

/** A new page. What the provider's pages would fetch from elsewhere, and its lack of an icon, are no matter. */
async function opened(coming: Promise<Page>): Promise<Page> {
  const page = await coming
  const isOdd = ({ hostname, pathname }: URL) =>
    hostname !== 'localhost' || pathname === '/favicon.ico'
  await page.route(isOdd, (route) => route.fulfill({ body: '' }))
  return page
}

/** Signs in on the provider's own pages. */
async function signInThere(page: Page, login: string): Promise<void> {
  await page.getByPlaceholder('Enter any login').fill(login)
  await page.getByPlaceholder('and password').fill('any will do')
  await page.getByRole('button', { name: 'Sign-in' }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
}

const ways: [title: string, options: BrowserContextOptions][] = [
  ['', {}],
  [', without JavaScript', { javaScriptEnabled: false }],
]

for (const [index, [how, options]] of ways.entries()) {
  const own = () => ({ baseURL: natter.baseUrl, ...options })

  test(`a visitor signs in at the provider, and again on another device${how}`, async (scene) => {
    const login = `visitor-${index}`
    for (const device of ['laptop', 'phone']) {
      const page = await opened(scene.visitor(own()))
      await page.goto('/me')
      await page.getByRole('link', { name: 'Sign in with Acme' }).click()
      await signInThere(page, login)
      await page.getByRole('button', { name: 'Sign out' }).waitFor()
      await page.goto('/')
      await becomes(() => nameShown(page), login, device)
    }
  })

  test(`a guest who signs in has what they wrote as theirs${how}`, async (scene) => {
    const page = await opened(scene.guest('wandering-owl', '#3366cc', own()))
    const { id } = await (await page.request.get('/me', accepting)).json()
    await page.goto('/me')
    await page.getByRole('link', { name: 'Sign in with Acme' }).click()
    await signInThere(page, `guest-${index}`)
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    const me = await (await page.request.get('/me', accepting)).json()
    assert.equal([me.id, me.name, me.kind], [id, `guest-${index}`, 'member'])
  })

  test(`who turns back at the provider is told so, and tries again${how}`, async (scene) => {
    scene.expectsFault(/403/)
    const page = await opened(scene.visitor(own()))
    await page.goto('/me')
    await page.getByRole('link', { name: 'Sign in with Acme' }).click()
    await page.getByRole('link', { name: 'Cancel' }).click()
    await page.getByRole('heading', { name: 'You are not signed in' }).waitFor()
    await matches(() => page.getByRole('alert').textContent(), /turned back/)
    await page.getByRole('link', { name: 'Try again' }).click()
    await signInThere(page, `second-thoughts-${index}`)
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
  })

  test(`a member connects the provider, and signs in by it from then on${how}`, async (scene) => {
    const page = await opened(scene.visitor(own()))
    const name = `Member ${index}`
    await page.request.post('/accounts', { form: { name, password: 'a few plain words' } })
    await page.goto('/me')
    await page.getByRole('button', { name: 'Connect Acme' }).click()
    await signInThere(page, `connected-${index}`)
    await page.getByText('You can sign in with Acme.').waitFor()

    const phone = await opened(scene.visitor(own()))
    await phone.goto('/me')
    await phone.getByRole('link', { name: 'Sign in with Acme' }).click()
    await signInThere(phone, `connected-${index}`)
    await phone.getByRole('button', { name: 'Sign out' }).waitFor()
    await phone.goto('/')
    await becomes(() => nameShown(phone), name)
  })

  test(`whom the proxy in front knows is signed in on the page they open${how}`, async (scene) => {
    const user = `proxied-${index}`
    const extraHTTPHeaders = { 'X-Forwarded-User': user }
    const page = await opened(scene.visitor({ ...own(), extraHTTPHeaders }))
    await page.goto('/r/lobby')
    await page.locator('.me .name').waitFor()
    await becomes(() => nameShown(page), user)
    assert.is(new URL(page.url()).pathname, '/r/lobby')
    await page.goto('/')
    await becomes(() => nameShown(page), user)
  })
}

const accepting = { headers: { accept: 'application/json' } }

test.run()
