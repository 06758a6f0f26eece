import type { BrowserContextOptions, Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import { json, word } from '../stack/client.ts'
import { authenticatorFor } from './authenticator.ts'
import { axeFindings } from './axe.ts'
import { people, type Scene } from './people.ts'
import { enter } from './talk.ts'
import { becomes } from './wait.ts'

const test = people('everybody can use it')

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']

/** A room with what a talk is made of: runs, links, long words, several people. */
async function livelyRoom(scene: Scene): Promise<string> {
  const room = await scene.room(`A room for looking at, ${word()}`)
  await scene.host.say(room, 'Good morning')
  await scene.host.say(room, `See https://example.org/${'long/'.repeat(30)}, it is good.`)
  await scene.host.say(room, 'a'.repeat(300))
  await scene.host.say(room, '# Plan\n\n> A `quote`\n\n- **one**\n- _two_\n\n1. three')
  await scene.host.say(room, '|a|b|\n|-|-:|\n|1|2|')
  await scene.host.say(room, '```ts\n/* Reads */ const a = read("b", 3, true) // c\n```')
  return room
}

type View = { page: string; open(scene: Scene, options: BrowserContextOptions): Promise<Page> }

const views: View[] = [
  {
    page: 'a room',
    async open(scene, options) {
      const room = await livelyRoom(scene)
      const page = await scene.guest('Lively Lark', '#aa3311', options)
      await page.context().request.post(`/r/${room}/messages`, { data: { body: 'Mine' } })
      await enter(page, room)
      return page
    },
  },
  {
    page: 'an empty room',
    async open(scene, options) {
      const page = await scene.guest('lark', '#aa3311', options)
      await enter(page, await scene.room())
      return page
    },
  },
  {
    page: 'a room as a visitor sees it',
    async open(scene, options) {
      const page = await scene.visitor(options)
      await enter(page, await livelyRoom(scene))
      return page
    },
  },
  {
    page: 'a page of old messages',
    async open(scene, options) {
      const room = await livelyRoom(scene)
      for (let n = 1; n <= 30; n++) await scene.host.say(room, `message ${n}`)
      const page = await scene.guest('lark', '#aa3311', options)
      await page.goto(`/r/${room}/messages/2`)
      return page
    },
  },
  ...['/', '/me', '/search', '/search?q=e'].map((path) => ({
    page: path,
    async open(scene: Scene, options: BrowserContextOptions) {
      const topic = 'a topic that goes on '.repeat(10)
      await scene.host.ask('/rooms', json({ name: `${word()} ${'w'.repeat(49)}`, topic }))
      const page = await scene.guest('lark', '#aa3311', options)
      await page.goto(path)
      return page
    },
  })),
  {
    page: 'passkeys',
    async open(scene, options) {
      const page = await scene.visitor(options)
      const data = { name: `Member ${word()}`, password: 'a few plain words' }
      await page.request.post('/accounts', { data })
      await authenticatorFor(page)
      await page.goto('/passkeys')
      await page.getByLabel('Name').fill('w'.repeat(40))
      await page.getByRole('button', { name: 'Add a passkey' }).click()
      await page.getByRole('button', { name: 'Remove' }).waitFor()
      await page.getByRole('button', { name: 'Add a passkey' }).click()
      await page.getByRole('alert').waitFor()
      return page
    },
  },
  {
    page: 'signing in, with an error',
    async open(scene, options) {
      scene.expectsFault(/status of 401/)
      const page = await scene.visitor(options)
      await page.goto('/me')
      for (const way of ['Make an account', 'Sign in'])
        await page.locator('summary', { hasText: way }).click()
      const form = page.locator('details', { has: page.locator('[autocomplete=current-password]') })
      await form.getByLabel('Name').fill(`nobody ${word()}`)
      await form.getByLabel('Password').fill('a few plain words')
      await form.getByRole('button', { name: 'Sign in', exact: true }).click()
      await form.getByRole('alert').waitFor()
      return page
    },
  },
  {
    page: 'a form with an error',
    async open(scene, options) {
      scene.expectsFault(/status of 409/)
      const page = await scene.guest('lark', '#aa3311', options)
      await page.goto('/')
      await page.getByLabel('Name').fill('Lobby')
      await page.getByRole('button', { name: 'Make the room' }).click()
      await page.getByRole('alert').waitFor()
      return page
    },
  },
  {
    page: 'a page for what is not there',
    async open(scene, options) {
      scene.expectsFault(/status of 404/)
      const page = await scene.visitor(options)
      await page.goto('/r/nowhere')
      return page
    },
  },
  {
    page: 'the bare shell',
    async open(scene, options) {
      scene.expectsFault(/status of 503/)
      const page = await scene.visitor(options)
      await page.route('**/readyz', (route) => route.fulfill({ status: 503 }))
      await page.goto('/shell.html')
      return page
    },
  },
]

/** Looks are told apart by their colours and by their layout: two have all of both. */
const phone = { colorScheme: 'light', viewport: { width: 360, height: 800 } } as const
const desk = { colorScheme: 'dark', viewport: { width: 1440, height: 800 } } as const
const narrow = { width: 320, height: 600 }

/** axe finds nothing on a page as it is on a phone, nor as it is on a desk. */
async function isForEverybody(page: Page, except: string[] = []): Promise<void> {
  for (const { colorScheme, viewport } of [phone, desk]) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize(viewport)
    assert.equal(await axeFindings(page, { tags, except }), [], `${colorScheme}, ${viewport.width}`)
  }
}

for (const { page: what, open } of views) {
  test(`axe finds nothing on ${what}, which fits a screen of 320 px`, async (scene) => {
    const page = await open(scene, { ...phone, reducedMotion: 'reduce' })
    await isForEverybody(page)
    await page.setViewportSize(narrow)
    const width = () =>
      page.evaluate(() => [document.documentElement.scrollWidth, document.body.scrollWidth])
    await becomes(width, [narrow.width, narrow.width])
  })
}

/**
 * Opens a room as browsers without JavaScript see it. axe itself needs JavaScript, so the page comes
 * without its scripts and with what stands in `noscript` laid open.
 */
async function enterPlain(page: Page, room: string): Promise<void> {
  await page.route(`**/r/${room}`, async (route) => {
    const answer = await route.fetch()
    const html = (await answer.text())
      .replace(/<script[^>]*><\/script>/g, '')
      .replace(/<noscript>((?:<link[^>]*>)+)<\/noscript>/g, '$1')
      .replace(/<(\/?)noscript>/g, '<$1no-script>')
    await route.fulfill({ response: answer, body: html })
  })
  await page.route('**/noscript.css*', async (route) => {
    const answer = await route.fetch()
    const css = (await answer.text()).replace(/noscript/g, 'no-script')
    await route.fulfill({ response: answer, body: css })
  })
  const waiting = page.waitForRequest(/\/frame\?after=/)
  await page.goto(`/r/${room}`)
  await waiting
}

test('axe finds nothing on a room without JavaScript', async (scene) => {
  const page = await scene.guest('lark', '#aa3311', { ...phone, reducedMotion: 'reduce' })
  await enterPlain(page, await livelyRoom(scene))
  await becomes(() => page.frameLocator('iframe').locator('.message').count(), 6)
  // The frame is replaced when there is something new, not after a time for reading.
  await isForEverybody(page, ['meta-refresh'])
})

test('the mark of a person is read in each of the colours', async (scene) => {
  const page = await scene.guest('lark', '#aa3311')
  await enter(page, await scene.room())
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const painted = await page.locator('.scrolled').evaluate((place) => {
      const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
      return Array.from({ length: 32 }, (_, hue) => {
        const mark = Object.assign(document.createElement('b'), { className: `mark hue-${hue}` })
        place.append(mark)
        const { color, backgroundColor } = getComputedStyle(mark)
        mark.remove()
        return [color, backgroundColor].map((one) => {
          if (canvas) canvas.fillStyle = one
          canvas?.fillRect(0, 0, 1, 1)
          return [...(canvas?.getImageData(0, 0, 1, 1).data ?? [])]
        })
      })
    })
    const dim = painted
      .map(([ink = [], ground = []]) => contrast(ink, ground))
      .filter((one) => one < 4.5)
    assert.equal(dim, [], colorScheme)
  }
})

/** Of two colours in sRGB: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: number[], other: number[]): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(color: number[]): number {
  const [red = 0, green = 0, blue = 0] = color.map((byte) =>
    byte <= 10 ? byte / 3294.6 : ((byte / 255 + 0.055) / 1.055) ** 2.4,
  )
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

test.run()
