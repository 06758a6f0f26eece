/** The browser in which a message appears. */
import type { BrowserContext } from 'playwright-core'

/** When a message stood in the document, and when it was painted, in ms since 1970. */
export type Seen = { inPage_ms: number; painted_ms: number }

export type Receiver = {
  /** Settles when a text appears for the first time, rejects when it does not. */
  sees(text: string): Promise<Seen>
}

/** How long a message may take before the benchmark gives up. */
const patience_ms = 30_000

declare global {
  /** Given to the page by `openReceiver`. */
  var tellSeen: (text: string, seen: Seen) => void
}

/** Opens a room to read in. */
export async function openReceiver(context: BrowserContext, address: string): Promise<Receiver> {
  const page = await context.newPage()
  const awaited = new Map<string, (seen: Seen) => void>()
  await page.exposeFunction('tellSeen', (text: string, seen: Seen) => {
    for (const [part, settle] of awaited) if (text.includes(part)) settle(seen)
  })
  await page.goto(address)
  await page.evaluate(watch)
  return {
    sees(text) {
      return new Promise((resolve, reject) => {
        const late = () => reject(new Error(`"${text}" was not seen within ${patience_ms} ms`))
        const timer = setTimeout(late, patience_ms)
        awaited.set(text, (seen) => {
          awaited.delete(text)
          clearTimeout(timer)
          resolve(seen)
        })
      })
    },
  }
}

/** Runs in the page: tells of every element that comes into the document. */
function watch(): void {
  new MutationObserver((changes) => {
    const inPage_ms = performance.timeOrigin + performance.now()
    const added = changes.flatMap(({ addedNodes }) => [...addedNodes])
    const text = added.map((node) => node.textContent).join('\n')
    // What is asked for a frame is done before it is painted; a task after that comes when it was.
    requestAnimationFrame(() =>
      setTimeout(() => {
        const painted_ms = performance.timeOrigin + performance.now()
        globalThis.tellSeen(text, { inPage_ms, painted_ms })
      }),
    )
  }).observe(document.body, { childList: true, subtree: true })
}
