/** What takes part in `post`. */
import { startBackend } from '../kit/backend.ts'
import { bundle } from '../kit/bundle.ts'
import { cookiesOf, createGuest, createGuests } from '../kit/guest.ts'
import { startScript, told } from '../kit/program.ts'
import type { Store } from '../kit/store.ts'

export type Contestant = {
  name: string
  /** Whether its posts are stored. */
  stores: boolean
  /** Where the posts go. */
  places: string[]
  /** Starts it in a new process; undefined where the senders themselves do all. */
  start?: () => Promise<Serving>
}

export type Serving = { baseUrl: string; pid: number; stop(): Promise<void> }

export type House = { cookies: string[]; one: string; many: string[] }

const guests = 64
const rooms = 1_000
const made_at_once = 16

const entry = new URL('./empty.ts', import.meta.url)

/** Makes the guests who post, a room for all of them, and a thousand rooms. */
export async function furnish(store: Store): Promise<House> {
  const { baseUrl, stop } = await startBackend(store.env)
  try {
    const host = await createGuest(baseUrl, 'Host')
    const many: string[] = []
    while (many.length < rooms) {
      const left = Math.min(made_at_once, rooms - many.length)
      const names = Array.from({ length: left }, (_, at) => `Room ${many.length + at}`)
      many.push(...(await Promise.all(names.map(host.makeRoom))))
    }
    const cookies = cookiesOf(await createGuests(baseUrl, guests))
    return { cookies, one: await host.makeRoom('One room'), many }
  } finally {
    await stop()
  }
}

/** The names that the report looks for. */
export const names = {
  one: 'Natter, one room',
  many: 'Natter, 1,000 rooms',
  empty: 'empty authenticated POST',
  each: 'one transaction each, over HTTP, one room',
  eachMany: 'one transaction each, over HTTP, 1,000 rooms',
  bare: 'one transaction each, without HTTP, one room',
} as const

/** All of them, in the order of each round. */
export function contestants(store: Store, { one, many }: House): Contestant[] {
  const messages = (room: string) => `/r/${room}/messages`
  const natter = { stores: true, start: () => startBackend(store.env, entry) }
  const each = { stores: true, start: () => startEach(store) }
  return [
    { name: names.empty, ...natter, stores: false, places: [`/r/${one}/empty`] },
    { name: names.one, ...natter, places: [messages(one)] },
    { name: names.many, ...natter, places: many.map(messages) },
    { name: names.each, ...each, places: [messages(one)] },
    { name: names.eachMany, ...each, places: many.map(messages) },
    { name: names.bare, stores: true, places: [one] },
  ]
}

async function startEach({ env }: Store): Promise<Serving> {
  const program = startScript(await bundle(new URL('./each-http.ts', import.meta.url)), env)
  const port = await told<number>(program)
  return { baseUrl: `http://127.0.0.1:${port}`, pid: program.pid, stop: program.stop }
}
