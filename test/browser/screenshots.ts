/**
 * Pictures of Natter, for its README and for looking at:
 * `tsx test/browser/screenshots.ts [BASE_URL] [folder]`. Without an address a server with a new
 * database is started; one that is given gets some rooms and a conversation.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { resources } from '../runner/resources.ts'

const args = process.argv.slice(2)
if (args.some((one) => one.startsWith('-'))) {
  console.error('Usage: tsx test/browser/screenshots.ts [BASE_URL] [folder]')
  process.exit(2)
}
const given = args[0]?.startsWith('http') ? args.shift() : undefined
const folder = args[0] ?? '.github/screenshots'
if (given) process.env.BASE_URL = given

const sizes = [
  { width: 360, height: 740 },
  { width: 1440, height: 900 },
]

/** Takes every page in light and dark, on a phone and on a desk. */
async function takeAll(browser: Browser): Promise<void> {
  const { plant } = await import('./garden.ts')
  const { room, viewer } = await plant()
  const pages = [
    { name: 'room', path: `/r/${room}`, cookie: viewer.cookie },
    { name: 'home', path: '/', cookie: viewer.cookie },
    { name: 'me', path: '/me', cookie: viewer.cookie },
    { name: 'visitor', path: `/r/${room}`, cookie: undefined },
    { name: 'not-found', path: '/r/nowhere', cookie: undefined },
  ]
  for (const page of pages) {
    for (const viewport of sizes) {
      for (const colorScheme of ['light', 'dark'] as const) {
        const file = join(folder, `${page.name}-${viewport.width}-${colorScheme}.png`)
        await take(browser, { ...page, viewport, colorScheme, file })
        console.log(file)
      }
    }
  }
}

type Picture = {
  path: string
  cookie: string | undefined
  viewport: { width: number; height: number }
  colorScheme: 'light' | 'dark'
  file: string
}

async function take(browser: Browser, picture: Picture): Promise<void> {
  const { path, cookie, viewport, colorScheme, file } = picture
  const url = `${process.env.BASE_URL}`.replace(/\/+$/, '')
  const sharp = { deviceScaleFactor: 2, reducedMotion: 'reduce', locale: 'en-GB' } as const
  const context = await browser.newContext({ baseURL: url, viewport, colorScheme, ...sharp })
  if (cookie) {
    const [name = '', value = ''] = cookie.split('=')
    await context.addCookies([{ name, value, url }])
  }
  const page = await context.newPage()
  await page.goto(path)
  await page.screenshot({ path: file })
  await context.close()
}

const shared = resources()
try {
  const { BASE_URL } = await shared.env(
    { name: 'pictures', shows: 'the pages', needs: ['server'] },
    0,
  )
  process.env.BASE_URL = BASE_URL
  await mkdir(folder, { recursive: true })
  const { launch } = await import('./browsers.ts')
  const browser = await launch()
  try {
    await takeAll(browser)
  } finally {
    await browser.close()
  }
} finally {
  await shared.close()
}
