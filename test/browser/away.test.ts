import * as assert from 'uvu/assert'
import { people } from './people.ts'

const test = people('the page while the server is away')

test('the bare shell says so, asks whether the server is ready, and loads again by itself', async (scene) => {
  const page = await scene.visitor()
  const asked = page.waitForResponse((answer) => answer.url().endsWith('/readyz') && answer.ok())
  await page.goto('/shell.html')
  // It may be loading again already: what is there to see is there again then.
  await page.getByRole('heading', { name: 'The server is away' }).waitFor()
  await asked
  await page.waitForEvent('load')
})

test('the bare shell goes on asking while the server is not ready', async (scene) => {
  scene.expectsFault(/status of 503/)
  const page = await scene.visitor()
  let asked = 0
  await page.route('**/readyz', (route) => route.fulfill({ status: ++asked < 3 ? 503 : 200 }))
  await page.goto('/shell.html')
  await page.waitForEvent('load')
  assert.ok(asked >= 3)
})

test('without JavaScript the bare shell loads again by itself', async (scene) => {
  const page = await scene.visitor({ javaScriptEnabled: false })
  await page.goto('/shell.html')
  await page.getByRole('heading', { name: 'The server is away' }).waitFor()
  await page.waitForEvent('load')
})

test.run()
