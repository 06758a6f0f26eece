/** One database with so much talk in it, and a server at which its rooms are opened. */
import { startBackend } from '../kit/backend.ts'
import { createGuest } from '../kit/guest.ts'
import type { Store } from '../kit/store.ts'
import { processUsage } from '../kit/usage.ts'
import { type Exchange, openExchange } from '../waiters/exchange.ts'
import { fill, type Rooms } from './fill.ts'

/** The kinds of pages: newest of the big room, one in its older half, newest of another room. */
export const kinds = ['newest', 'deep', 'other'] as const

export type Kind = (typeof kinds)[number]

export type Door = {
  /** Messages in all. */
  size: number
  /** Opens any page of a kind. @returns how long that took, in ms */
  open(kind: Kind): Promise<number>
  /** Processor time of the server's process until now, in seconds. */
  cpu_s(): Promise<number>
  close(): Promise<void>
}

/** As many as have a whole page each in the smallest database. */
const other_rooms = 9

/** Fills a database, and starts a server on it. */
export async function openDoor(
  store: Store,
  size: number,
  say: (line: string) => void,
): Promise<Door> {
  const { cookie, rooms } = await furnish(store)
  await fill(store, rooms, size, say)
  const backend = await startBackend(store.env)
  const { hostname, port } = new URL(backend.baseUrl)
  // Connected when it is needed: the server leaves no connection idle for as long as others fill.
  let exchange: Promise<Exchange> | undefined
  return {
    size,
    async open(kind) {
      const path = pathOf(kind, rooms, size)
      const head = `GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nHX-Request: true\r\n`
      exchange ??= openExchange({ host: hostname, port: Number(port) })
      const ask = await exchange
      const asked_ms = performance.now()
      const { status, body } = await ask(`${head}Cookie: ${cookie}\r\n\r\n`)
      const taken_ms = performance.now() - asked_ms
      if (status !== 200 || !body.includes(' data-n="')) throw new Error(`${path}: ${status}`)
      return taken_ms
    },
    cpu_s: async () => (await processUsage(backend.pid)).cpu_s,
    close: backend.stop,
  }
}

async function furnish(store: Store): Promise<{ cookie: string; rooms: Rooms }> {
  const { baseUrl, stop } = await startBackend(store.env)
  try {
    const host = await createGuest(baseUrl, 'Host')
    const names = Array.from({ length: other_rooms }, (_, at) => `Other ${at}`)
    const others = await Promise.all(names.map(host.makeRoom))
    return { cookie: host.cookie, rooms: { big: await host.makeRoom('Big'), others } }
  } finally {
    await stop()
  }
}

function pathOf(kind: Kind, { big, others }: Rooms, size: number): string {
  const any = (most: number) => Math.floor(Math.random() * most)
  const half = size / 4
  if (kind === 'newest') return `/r/${big}`
  if (kind === 'deep') return `/r/${big}?before=${Math.ceil(half / 2) + any(half / 2)}`
  return `/r/${others[any(others.length)]}`
}
