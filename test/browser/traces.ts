/** What the pages of a failed test looked like and did, as files in the folder TEST_TRACES. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BrowserContext, Request } from 'playwright-core'

/** Lines of each log that are kept, the newest. */
const lines_max = 2_000
const picture_ms_max = 5_000

export type Trace = {
  /** Collects what happens in a context from now on. */
  follow(context: BrowserContext): void
  /** Writes it down, with a picture of each page that is open. */
  save(file: string, title: string): Promise<void>
}

/** A trace of one test; it does nothing where TEST_TRACES names no folder. */
export function startTrace(): Trace {
  const folder = process.env.TEST_TRACES
  if (!folder) return { follow() {}, async save() {} }
  const contexts: BrowserContext[] = []
  const logs = { console: [] as string[], network: [] as string[] }
  const note = (log: keyof typeof logs, line: string) => {
    logs[log].push(`${new Date().toISOString()} ${line}`)
    if (logs[log].length > lines_max) logs[log].shift()
  }
  return {
    follow(context) {
      const place = `context ${contexts.push(context)}:`
      const say = (request: Request, end: string) =>
        note('network', `${place} ${request.method()} ${request.url()} ${end}`)
      context.on('console', (one) => note('console', `${place} ${one.type()}: ${one.text()}`))
      context.on('weberror', (one) => note('console', `${place} ${one.error().stack}`))
      context.on('request', (request) => say(request, 'is asked'))
      context.on('response', (answer) => say(answer.request(), `is answered: ${answer.status()}`))
      context.on('requestfinished', (request) =>
        say(request, `ends after ${Math.round(request.timing().responseEnd)} ms`),
      )
      context.on('requestfailed', (request) =>
        say(request, `fails: ${request.failure()?.errorText}`),
      )
    },
    async save(file, title) {
      const place = join(folder, file, slug(title))
      await mkdir(place, { recursive: true })
      for (const [name, lines] of Object.entries(logs)) {
        await writeFile(join(place, `${name}.txt`), `${lines.join('\n')}\n`)
      }
      await Promise.allSettled(
        contexts.flatMap((context, index) =>
          context.pages().map((page, number) => {
            const path = join(place, `context-${index + 1}-page-${number + 1}.png`)
            return page.screenshot({ path, timeout: picture_ms_max })
          }),
        ),
      )
    },
  }
}

const slug = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 100)
