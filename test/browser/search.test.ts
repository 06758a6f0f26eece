import type { Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import { word } from '../stack/client.ts'
import { people } from './people.ts'
import { becomes, holds } from './wait.ts'

const test = people('search')

const field = (page: Page) => page.getByRole('searchbox')
const hits = (page: Page) => page.locator('#hits > .hit')

/** Comes back when the page finds so many, however long the search takes to have heard of them. */
async function finds(page: Page, path: string, count: number): Promise<void> {
  await becomes(async () => {
    await page.goto(path)
    return hits(page).count()
  }, count)
}

test('one types, and what is found appears; the address holds what is looked for', async (scene) => {
  const [room, secret] = [await scene.room(), word()]
  await scene.host.say(room, `the ${secret} is <b>here</b>`)
  const page = await scene.guest()
  await finds(page, `/search?q=${secret}`, 1)
  await page.goto(`/r/${room}`)
  await page.getByRole('link', { name: 'Search', exact: true }).last().click()
  await page.waitForURL(`/search?room=${room}`)
  await field(page).pressSequentially(secret)
  await becomes(() => hits(page).count(), 1)
  await becomes(() => page.locator('mark').textContent(), secret)
  await becomes(() => page.locator('.excerpt').textContent(), `the ${secret} is <b>here</b>`)
  await becomes(async () => new URL(page.url()).searchParams.get('q'), secret)
  await page.reload()
  await becomes(() => hits(page).count(), 1)
  await becomes(() => field(page).inputValue(), secret)
  await field(page).fill(`${secret} nothing`)
  await page.getByText('Nothing found').waitFor()
  await field(page).fill(secret)
  await hits(page).first().click()
  await page.waitForURL(new RegExp(`/r/${room}/messages/1#m1`))
  await holds(() => page.locator('#m1').isVisible())
})

test('days are the reader’s own', async (scene) => {
  const [room, secret] = [await scene.room(), word()]
  await scene.host.say(room, secret)
  // In one of them it is never the day that it is in UTC.
  for (const timezoneId of ['Pacific/Kiritimati', 'Pacific/Pago_Pago']) {
    const page = await scene.guest('ann', '#3366cc', { timezoneId })
    await finds(page, `/search?q=${secret}`, 1)
    const today = new Intl.DateTimeFormat('sv', { timeZone: timezoneId }).format()
    await field(page).fill(`${secret} before:${today}`)
    await page.getByText('Nothing found').waitFor()
    await field(page).fill(`${secret} after:${today}`)
    await becomes(() => hits(page).count(), 1)
    await becomes(async () => new URL(page.url()).searchParams.get('zone'), timezoneId)
    await page.getByRole('button', { name: 'Search' }).click()
    await becomes(() => hits(page).count(), 1)
  }
})

test('what cannot be looked for is said beside the field, which keeps what was typed', async (scene) => {
  scene.expectsFault(/status of 422/)
  const page = await scene.guest()
  await page.goto('/search')
  await field(page).fill('-only')
  await page.getByRole('alert').waitFor()
  assert.match((await page.getByRole('alert').textContent()) ?? '', 'Add a word')
  await becomes(() => field(page).inputValue(), '-only')
})

test('More adds the next page to this one, and a slash leads back to the field', async (scene) => {
  const [room, many] = [await scene.room(), word()]
  for (let n = 1; n <= 25; n++) await scene.host.say(room, `${many} number ${n}`)
  const page = await scene.guest()
  for (const n of [1, 25]) await finds(page, `/search?q="${many} number ${n}"`, 1)
  await page.goto(`/search?q=${many}`)
  await page.getByRole('link', { name: 'More' }).click()
  await becomes(() => hits(page).count(), 25)
  await becomes(() => page.getByRole('link', { name: 'More' }).count(), 0)
  const times = await page.locator('.hit time').allTextContents()
  assert.is(new Set(times.map((text) => /\d{4}-\d{2}-\d{2}/.test(text))).size, 1)
  await page.locator('h1').click()
  await page.keyboard.press('/')
  await holds(() => field(page).evaluate((element) => element === document.activeElement))
})

test('offline, the page says so and goes on when one is back', async (scene) => {
  const [room, secret] = [await scene.room(), word()]
  await scene.host.say(room, `it is ${secret}`)
  const page = await scene.far()
  await finds(page, `/search?q=${secret}`, 1)
  await page.goto('/search')
  await scene.without(page, async () => {
    await field(page).fill(secret)
    await page.getByText('You’re offline').waitFor()
    await becomes(() => field(page).inputValue(), secret)
  })
  await page.getByRole('button', { name: 'Search' }).click()
  await becomes(() => hits(page).count(), 1)
  await becomes(() => page.getByText('You’re offline').count(), 0)
})

test('without JavaScript it is a form, and More a page', async (scene) => {
  const [room, many] = [await scene.room(), word()]
  for (let n = 1; n <= 21; n++) await scene.host.say(room, `${many} ${n}`)
  const page = await scene.guest('ann', '#3366cc', { javaScriptEnabled: false })
  for (const n of [1, 21]) await finds(page, `/search?q="${many} ${n}"`, 1)
  await page.goto('/')
  await field(page).fill(many)
  await page.keyboard.press('Enter')
  await page.waitForURL(`/search?q=${many}`)
  await becomes(() => hits(page).count(), 20)
  await page.getByRole('link', { name: 'More' }).click()
  await becomes(() => hits(page).count(), 1)
})

test('too much at once is said, and neither the field nor what follows is lost', async (scene) => {
  scene.expectsFault(/status of 429/)
  const [room, secret] = [await scene.room(), word()]
  await scene.host.say(room, `it is ${secret}`)
  const page = await scene.guest()
  await finds(page, `/search?q=${secret}`, 1)
  await page.goto('/search')
  let isTooMuch = true
  await page.route('**/search?*', (route) =>
    isTooMuch
      ? route.fulfill({
          status: 429,
          contentType: 'text/html',
          body: '<div class="alert" role="alert" data-code="slow_down"><p>That was a lot at once.</p></div>',
        })
      : route.continue(),
  )
  await field(page).fill(secret)
  await page.getByText('That was a lot at once.').waitFor()
  isTooMuch = false
  await page.getByRole('button', { name: 'Search' }).click()
  await becomes(() => hits(page).count(), 1)
  await becomes(() => field(page).inputValue(), secret)
})

test.run()
