/** Readers who search, one search after the other, while somebody posts. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Store } from '../kit/store.ts'
import { processUsage } from '../kit/usage.ts'
import { openExchange } from '../waiters/exchange.ts'
import { type Kind, kinds, type Library } from './library.ts'
import { talk } from './words.ts'

/** How long searches took, in ms, and how many results they had last. */
export type Searched = {
  taken_ms: Record<Kind, number[]>
  results: Record<Kind, number>
  posts: number
}

export type Load = { readers: number; seconds: number; pause_ms: number; posts_per_s: number }

const warm_s = 3

/** Searches of each kind, one after the other, whose processor time is measured. */
const measured = 100

/** @throws {Error} where a search is refused */
export async function searchAll(library: Library, load: Load): Promise<Searched> {
  const searched: Searched = { taken_ms: byKind(() => []), results: byKind(() => 0), posts: 0 }
  const end_ms = performance.now() + (warm_s + load.seconds) * 1_000
  const isWarm = () => performance.now() > end_ms - load.seconds * 1_000
  const readers = Array.from({ length: load.readers }, (_, at) =>
    read(library, load, at, end_ms, (kind, taken_ms, results) => {
      searched.results[kind] = results
      if (isWarm()) searched.taken_ms[kind].push(taken_ms)
    }),
  )
  await Promise.all([...readers, post(library, load.posts_per_s, end_ms, () => searched.posts++)])
  return searched
}

/**
 * Processor time of the database for one search of each kind, in seconds, with nothing else going on: the
 * figure that other programs on the machine change least. NaN where the database is on another machine.
 */
export async function costOfSearches(
  store: Store,
  library: Library,
): Promise<Record<Kind, number>> {
  const ask = await asking(library)
  const costs = byKind(() => Number.NaN)
  for (const kind of kinds) {
    await ask(kind)
    const before_s = await searchingCpu(store)
    for (let time = 0; time < measured; time++) await ask(kind)
    costs[kind] = ((await searchingCpu(store)) - before_s) / measured
  }
  return costs
}

async function searchingCpu(store: Store): Promise<number> {
  const rows = await store.ask<{ pid: number }>(
    `select pid from pg_stat_activity
      where datname = current_database() and application_name = 'natter search'`,
  )
  const used = rows.map(({ pid }) =>
    processUsage(pid).then(
      ({ cpu_s }) => cpu_s,
      () => Number.NaN,
    ),
  )
  return (await Promise.all(used)).reduce((sum, cpu_s) => sum + cpu_s, 0)
}

/** Searches on a connection of its own. @returns how many results there were */
async function asking({
  backend,
  guest,
  queries,
}: Library): Promise<(kind: Kind) => Promise<number>> {
  const { hostname, port } = new URL(backend.baseUrl)
  const ask = await openExchange({ host: hostname, port: Number(port) })
  const head = `Host: ${hostname}:${port}\r\nAccept: application/json\r\nCookie: ${guest.cookie}\r\n\r\n`
  return async (kind) => {
    const query = new URLSearchParams({ q: queries[kind], sort: kind === 'best' ? 'best' : '' })
    const { status, body } = await ask(`GET /search?${query} HTTP/1.1\r\n${head}`)
    if (status !== 200) throw new Error(`${query}: ${status} ${body}`)
    return JSON.parse(body).results.length
  }
}

const byKind = <T>(make: () => T) =>
  Object.fromEntries(kinds.map((kind) => [kind, make()])) as Record<Kind, T>

async function read(
  library: Library,
  { pause_ms }: Load,
  reader: number,
  end_ms: number,
  told: (kind: Kind, taken_ms: number, results: number) => void,
): Promise<void> {
  const ask = await asking(library)
  await sleep(Math.random() * pause_ms)
  for (let turn = reader; performance.now() < end_ms; turn++) {
    const kind = kinds[turn % kinds.length] ?? 'rare'
    const asked_ms = performance.now()
    const results = await ask(kind)
    told(kind, performance.now() - asked_ms, results)
    await sleep(pause_ms * (0.5 + Math.random()))
  }
}

/** Posts so many a second, evenly. */
async function post(
  { guest, rooms }: Library,
  per_s: number,
  end_ms: number,
  posted: () => void,
): Promise<void> {
  const { message } = talk()
  const began_ms = performance.now()
  const under_way = new Set<Promise<unknown>>()
  for (let at = 0; performance.now() < end_ms; at++) {
    const posting = guest.post(rooms[at % rooms.length] ?? '', message()).then(posted)
    under_way.add(posting)
    void posting.finally(() => under_way.delete(posting))
    await sleep(Math.max(0, began_ms + ((at + 1) * 1_000) / per_s - performance.now()))
  }
  await Promise.all(under_way)
}
