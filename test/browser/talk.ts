/** What a person does and sees in a room. */
import type { FrameLocator, Page } from 'playwright-core'
import { becomes, holds } from './wait.ts'

/** Texts that are told apart by their number. */
export const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `message ${from + index}`)

/** The texts of the messages on a page, in their order. */
export const texts = (page: Page | FrameLocator): Promise<string[]> =>
  page.locator('.message .body').allTextContents()

/** Waits until a page shows these messages and no others, in this order. */
export const shows = (page: Page | FrameLocator, wanted: string[]): Promise<void> =>
  becomes(() => texts(page), wanted)

/** Whether a message lies within the part of the talk that is seen. */
export const isInSight = (page: Page, message: string): Promise<boolean> =>
  page.locator(message).evaluate((element) => {
    const seen = document.getElementById('scroller')?.getBoundingClientRect()
    const { top, bottom } = element.getBoundingClientRect()
    // Before the page is laid out all of it has no size, at one point.
    return seen !== undefined && bottom > top && top >= seen.top && bottom <= seen.bottom
  })

/**
 * Waits until a page has heard by its connection of all up to a number of its room. What one does
 * oneself comes by its answer as well: whichever is second takes the place of the message that the
 * first has brought, and with it of a menu that was opened there meanwhile.
 */
export const hears = (page: Page, n: number): Promise<void> =>
  holds(async () => (await heardOf(page)) >= n, `it is told of number ${n}`)

/** The newest number of its room that a page was told, as live.js writes it down. */
const heardOf = (page: Page): Promise<number> =>
  page.locator('.app').evaluate((app: HTMLElement) => {
    const { me = '', room = '' } = app.dataset
    const rooms = JSON.parse(localStorage.getItem(`natter:rooms:${me}`) ?? '{}')
    return rooms[room]?.[0] ?? 0
  })

/** Where one writes. */
export const composer = (page: Page) => page.locator('#body')

/** Opens a room and waits until its talk goes on by itself. */
export const enter = (page: Page, room: string): Promise<void> =>
  arrive(page, () => page.goto(`/r/${room}`))

/**
 * Waits until a talk goes on by itself: the page's scripts are at work then.
 * @param how leads to the page of a room
 */
export async function arrive(page: Page, how: () => Promise<unknown>): Promise<void> {
  const app = page.locator('.app')
  await app.evaluateAll((left) => left.map((one) => one.classList.add('left')))
  await how()
  await page.locator('.app.live:not(.left)').waitFor()
  await isReady(page)
}

/** Waits until what sends, where there is something to write in, is at work: it comes by itself. */
const isReady = (page: Page): Promise<void> =>
  becomes(
    () =>
      page
        .locator('#composer')
        .evaluateAll((all) => all.every((form) => 'noValidate' in form && form.noValidate)),
    true,
    'the composer is at work',
  )

/** Takes the worker that tabs share from a page, as where browsers have none. */
export const alone = (page: Page): Promise<unknown> =>
  page.addInitScript(() => Reflect.deleteProperty(window, 'SharedWorker'))

/** A visitor in a room becomes a guest by the form there. */
export const join = (page: Page): Promise<void> =>
  arrive(page, () => page.getByRole('button', { name: 'Join the talk' }).click())

/** Writes a text and presses Enter. */
export async function submit(page: Page, text: string): Promise<void> {
  await composer(page).fill(text)
  await composer(page).press('Enter')
}

/** Writes and sends a text, and waits until it has left the composer. */
export async function say(page: Page, text: string): Promise<void> {
  await submit(page, text)
  await becomes(() => composer(page).inputValue(), '')
}

/** The calm line above the composer. */
export const state = async (page: Page): Promise<string> =>
  (await page.locator('#state').textContent()) ?? ''

/** The form fields of each post that a page sends from now on. */
export function postsOf(page: Page): { body: string | null; nonce: string | null }[] {
  const posts: { body: string | null; nonce: string | null }[] = []
  page.on('request', (request) => {
    if (request.method() !== 'POST') return
    const fields = new URLSearchParams(request.postData() ?? '')
    posts.push({ body: fields.get('body'), nonce: fields.get('nonce') })
  })
  return posts
}
