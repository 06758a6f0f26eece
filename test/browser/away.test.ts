import * as assert from 'uvu/assert'
import { people } from './people.ts'

const test = people('the page while the server is away')

test('the bare shell says so, asks whether the server is ready, and loads again by itself', async (scene) => {
  const page = await scene.visitor()
  await page.goto('/shell.html')
  assert.ok(await page.getByRole('heading', { name: 'The server is away' }).isVisible())
  await page.waitForResponse((answer) => answer.url().endsWith('/readyz') && answer.ok())
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
  assert.ok(await page.getByRole('heading', { name: 'The server is away' }).isVisible())
  await page.waitForEvent('load')
})

test.run()
