/** Opening a room, by how much has been said on the whole server. */
import { startBackend } from '../kit/backend.ts'
import { type Bench, type Context, countOf } from '../kit/bench.ts'
import { createGuest, type Guest } from '../kit/guest.ts'
import { openStore, type Store } from '../kit/store.ts'
import { processUsage } from '../kit/usage.ts'
import { openExchange } from '../waiters/exchange.ts'
import { fill, type Rooms } from './fill.ts'
import { report, type Step } from './report.ts'

const sizes = [1_000, 1_000_000, 10_000_000]
/** As many as have a whole page each in the smallest database. */
const small_rooms = 9
const made_at_once = 16

/** Not counted. */
const warm_up = 300

export const open: Bench = {
  name: 'open',
  shows: 'opening a room, by how much has been said on the whole server',
  options: {
    most: { says: 'messages in the largest database of open', standard: '10000000' },
    opens: { says: 'how often open opens each kind of page', standard: '1000' },
  },
  async run(context) {
    const store = await openStore()
    try {
      const { host, rooms } = await furnish(store)
      const most = countOf(context, 'most')
      const wanted = [...sizes.filter((size) => size < most), most]
      const steps: Step[] = []
      let filled = 0
      for (const size of wanted) {
        await fill(store, rooms, filled, size, context.say)
        filled = size
        steps.push(await measure(context, store, host, rooms, size))
      }
      return report(store.what, steps)
    } finally {
      await store.close()
    }
  },
}

async function furnish(store: Store): Promise<{ host: Guest; rooms: Rooms }> {
  const { baseUrl, stop } = await startBackend(store.env)
  try {
    const host = await createGuest(baseUrl, 'Host')
    const small: string[] = []
    while (small.length < small_rooms) {
      const left = Math.min(made_at_once, small_rooms - small.length)
      const names = Array.from({ length: left }, (_, at) => `Small ${small.length + at}`)
      small.push(...(await Promise.all(names.map(host.makeRoom))))
    }
    return { host, rooms: { big: await host.makeRoom('Big'), small } }
  } finally {
    await stop()
  }
}

/** Opens pages of each kind, one after the other, on a new process. */
async function measure(
  context: Context,
  store: Store,
  host: Guest,
  rooms: Rooms,
  size: number,
): Promise<Step> {
  const backend = await startBackend(store.env)
  try {
    const { hostname, port } = new URL(backend.baseUrl)
    const exchange = await openExchange({ host: hostname, port: Number(port) })
    const open = async (path: string) => {
      const head = `GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nHX-Request: true\r\n`
      const asked_ms = performance.now()
      const { status, body } = await exchange(`${head}Cookie: ${host.cookie}\r\n\r\n`)
      const taken_ms = performance.now() - asked_ms
      if (status !== 200 || !body.includes(' data-n="')) throw new Error(`${path}: ${status}`)
      return taken_ms
    }
    const kinds = pages(rooms, size)
    const opens = countOf(context, 'opens')
    const taken_ms = kinds.map((): number[] => [])
    let from = await processUsage(backend.pid)
    for (let turn = -warm_up; turn < opens; turn++) {
      if (turn === 0) from = await processUsage(backend.pid)
      for (const [at, path] of kinds.entries()) {
        const one_ms = await open(path())
        if (turn >= 0) taken_ms[at]?.push(one_ms)
      }
    }
    const to = await processUsage(backend.pid)
    const cpu_s = (to.cpu_s - from.cpu_s) / (opens * kinds.length)
    const [newest = [], deep = [], small = []] = taken_ms
    return { size, newest, deep, small, cpu_s }
  } finally {
    await backend.stop()
  }
}

/** The newest of the big room, a page in its older half, and the newest of one of the others. */
function pages({ big, small }: Rooms, size: number): (() => string)[] {
  const any = (most: number) => Math.floor(Math.random() * most)
  const half = size / 4
  return [
    () => `/r/${big}`,
    () => `/r/${big}?before=${Math.ceil(half / 2) + any(half / 2)}`,
    () => `/r/${small[any(small.length)]}`,
  ]
}
