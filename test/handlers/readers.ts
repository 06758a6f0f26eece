/** Readers of one room who ask the instances for changes, and what they then have. */
import type { Hono } from 'hono'
import { applyEvents, applyFragment, cursorOf, itemsOf } from '../converge.ts'
import { ask, type ChangesJson, jsonOf, type MessageJson, type PageJson } from './ask.ts'

export type Reader = {
  /** Where it goes on from; a test may set it back, or to something that is lost. */
  cursor: string
  /** How often it was given the newest page in place of what it had. */
  resets: number
  /** Asks once for changes and applies them. */
  read(
    app: Hono,
    more?: { wait?: number; limit?: number; twice?: boolean; signal?: AbortSignal },
  ): Promise<void>
  /** Its messages as it has them. */
  list(): { n: number }[]
  /** What a reader who comes now gets for the same stretch. */
  fresh(app: Hono): Promise<{ n: number }[]>
}

const changesPath = (room: string, cursor: string, wait = 0, limit = 50) =>
  `/r/${room}/messages?after=${cursor}&wait=${wait}&limit=${limit}`

const stretch = (room: string, list: { n: number }[]) =>
  `/r/${room}/messages?from=${list[0]?.n ?? 0}&limit=200`

/** A browser that took the room's newest page. */
export async function browser(app: Hono, room: string): Promise<Reader> {
  const page = await (await ask(app, `/r/${room}/messages`, { form: 'fragment' })).text()
  let list = itemsOf(page)
  const reader: Reader = {
    cursor: cursorOf(page),
    resets: 0,
    async read(at, { wait, limit, twice, signal } = {}) {
      const path = changesPath(room, reader.cursor, wait, limit)
      const response = await ask(at, path, { form: 'fragment', ...(signal ? { signal } : {}) })
      const html = await response.text()
      const isReset = response.headers.get('hx-retarget') === '#talk'
      if (isReset) reader.resets++
      for (let turn = 0; turn < (twice ? 2 : 1); turn++) {
        list = isReset ? itemsOf(html) : applyFragment(list, html)
      }
      reader.cursor = cursorOf(html)
    },
    list: () => list,
    fresh: async (at) =>
      itemsOf(await (await ask(at, stretch(room, list), { form: 'fragment' })).text()),
  }
  return reader
}

/** A program that took the room's newest page. */
export async function program(app: Hono, room: string): Promise<Reader> {
  const page = await jsonOf<PageJson>(ask(app, `/r/${room}/messages`))
  let list: MessageJson[] = page.messages
  const reader: Reader = {
    cursor: page.live,
    resets: 0,
    async read(at, { wait, limit, twice, signal } = {}) {
      const path = changesPath(room, reader.cursor, wait, limit)
      const changes = await jsonOf<ChangesJson & PageJson>(ask(at, path, signal ? { signal } : {}))
      if (changes.reset) reader.resets++
      for (let turn = 0; turn < (twice ? 2 : 1); turn++) {
        list = changes.reset ? changes.messages : applyEvents(list, changes.events)
      }
      reader.cursor = changes.next
    },
    list: () => list,
    fresh: async (at) => (await jsonOf<PageJson>(ask(at, stretch(room, list)))).messages,
  }
  return reader
}
