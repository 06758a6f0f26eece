/** What a first visit costs over the wire. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser } from 'playwright-core'
import type { Bench } from '../kit/bench.ts'
import { withBrowser } from '../kit/browser.ts'
import { count, kilobytes } from '../kit/figures.ts'
import type { Table } from '../kit/table.ts'
import { makeFullRoom } from './full-room.ts'

const pages: Page[] = [
  { title: '/r/lobby', path: async () => '/r/lobby' },
  { title: '/', path: async () => '/' },
  { title: 'a room with 50 messages', path: makeFullRoom },
]
const bytes_max = 40_000

/** What a page asks for by itself after it has loaded comes within this time. */
const quiet_ms = 1_500

/** A page by its name in the table; a room is made when its path is asked for. */
type Page = { title: string; path(baseUrl: string): Promise<string> }

type File = { path: string; bytes: number; encoding: string }

export const weight: Bench = {
  name: 'weight',
  shows: 'bytes over the wire of a first visit',
  async run(context) {
    const { baseUrl, what } = await context.target()
    const tables = await withBrowser(async (browser) => {
      const made: Table[] = []
      for (const { title, path } of pages) {
        made.push(tableOf(title, await load(browser, baseUrl, await path(baseUrl))))
      }
      return made
    })
    return {
      server: what,
      tables,
      notes: [
        `Raw bytes of the answers with their headers, as Chromium counts them with nothing in its cache. Wanted: at most ${kilobytes(bytes_max)} for a page with all that it loads. A wait that is held is in none of it.`,
      ],
    }
  },
}

/** Loads a page in a fresh browser; gives each file that came, the heaviest first. */
async function load(browser: Browser, baseUrl: string, path: string): Promise<File[]> {
  const context = await browser.newContext()
  const page = await context.newPage()
  const wire = await context.newCDPSession(page)
  const files = new Map<string, File>()
  wire.on('Network.responseReceived', ({ requestId, response }) => {
    const path = new URL(response.url).pathname
    const encoding = header(response.headers, 'content-encoding') ?? 'none'
    files.set(requestId, { path, bytes: 0, encoding })
  })
  wire.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const file = files.get(requestId)
    if (file) file.bytes = encodedDataLength
  })
  await wire.send('Network.enable')
  await page.goto(baseUrl + path, { waitUntil: 'load' })
  await sleep(quiet_ms)
  await context.close()
  const came = [...files.values()].filter(({ bytes }) => bytes > 0)
  return came.sort((a, b) => b.bytes - a.bytes)
}

function header(headers: Record<string, string>, wanted: string): string | undefined {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1]
}

function tableOf(title: string, files: File[]): Table {
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
  return {
    columns: [`first visit to ${title}`, 'bytes', 'encoding'],
    rows: [
      ...files.map((file) => [file.path, count(file.bytes), file.encoding]),
      [`together: ${kilobytes(total)}`, count(total), ''],
    ],
  }
}
