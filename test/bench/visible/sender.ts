/** The browser in which a message is written. */
import type { BrowserContext } from 'playwright-core'

export type Sender = {
  /** Writes a message and presses Enter. @returns when the key went down, in ms since 1970 */
  send(text: string): Promise<number>
}

declare global {
  /** Given to the page by `openSender`. */
  var tellPressed: (at_ms: number) => void
}

/** Opens a room to write in. */
export async function openSender(context: BrowserContext, address: string): Promise<Sender> {
  const page = await context.newPage()
  let pressed = (_at_ms: number) => {}
  await page.exposeFunction('tellPressed', (at_ms: number) => pressed(at_ms))
  await page.goto(address)
  await page.evaluate(() => {
    addEventListener(
      'keydown',
      ({ key, timeStamp }) => {
        if (key === 'Enter') globalThis.tellPressed(performance.timeOrigin + timeStamp)
      },
      { capture: true },
    )
  })
  const composer = page.locator('textarea[name=body]')
  return {
    async send(text) {
      const at_ms = new Promise<number>((resolve) => {
        pressed = resolve
      })
      // What is under way is finished first: a page that is still sending takes no second message.
      await page.waitForFunction(() => document.querySelector('textarea')?.value === '')
      await composer.fill(text)
      await composer.press('Enter')
      return at_ms
    },
  }
}
