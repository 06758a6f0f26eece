/** One round of one contestant: a crowd waits, numbers are posted, and what that costs is read. */
import { setTimeout as sleep } from 'node:timers/promises'
import { percentile } from '../kit/figures.ts'
import { settledMemory, usageOf } from '../kit/usage.ts'
import { type Crowd, startCrowd } from '../waiters/crowd.ts'
import { before_first } from '../waiters/marks.ts'
import type { Tally } from '../waiters/tally.ts'
import type { Contestant, Serving } from './contestant.ts'

export type Load = {
  clients: number
  /** Numbers posted each second. */
  rate: number
  /** For how long they are counted. */
  seconds: number
}

export type Figures = {
  /** Of the contestant's processes, for one delivery. */
  cpu_us: number
  /** Of the contestant's processes, for one who waits. */
  memory_bytes: number
  /** From posting until the last has it: the median over the numbers. */
  last_ms: number
  /** Between two turns of the event loop while all are released, the 99th percentile. */
  held_up_ms: number
  /** Numbers in one delivery: more than 1 where the server was behind. */
  merged: number
  /** Of one core, by the load generator. */
  generator: number
  /** Numbers that a client did not get, or not in order, or twice. */
  wrong: number
}

const begin_per_s = 1_000
const patience_s = 120

/** Numbers at which the event loop is watched. */
const [watched, watched_every_ms] = [10, 500]

/** A small crowd goes first, so that a server's own programs are compiled before they are measured. */
const warm_up = { clients: 100, numbers: 30, every_ms: 20 }

/** Memory is read when so many wait and when all do: the first fill what lay idle. */
const few_part = 0.2

/**
 * The first numbers to all who wait are not counted: so many deliveries in all each second, for so
 * long. What a server does once for each number is compiled only after a hundred of them.
 */
const uncounted = { deliveries_per_s: 15_000, seconds: 10 }

/** @throws {Error} where not all could wait, or not all got everything in two minutes */
export async function measure({ way, start }: Contestant, load: Load): Promise<Figures> {
  const serving = await start()
  const posts = new Posts(serving)
  const crowdOf = async (waits: number) => {
    const { baseUrl, cookies } = serving
    const order = { baseUrl, way, cookies, before: posts.newest, waits, perSecond: begin_per_s }
    return waitingCrowd({ ...order, ...(await serving.now()) })
  }
  try {
    const first = await crowdOf(warm_up.clients)
    await posts.many(warm_up.numbers, warm_up.every_ms)
    await allHave(first, posts, warm_up.clients)
    await first.end()
    const few = Math.ceil(load.clients * few_part)
    const crowd = await crowdOf(few)
    try {
      const before = await settledMemory(serving.pids, serving.collects)
      crowd.grow(load.clients)
      await allWait(crowd, load.clients)
      const held = await settledMemory(serving.pids, serving.collects)
      const counted = await deliver(crowd, posts, serving, load)
      const held_up_ms = await heldUp(crowd, posts, serving, load)
      return { ...counted, memory_bytes: (held - before) / (load.clients - few), held_up_ms }
    } finally {
      await crowd.end()
    }
  } finally {
    await serving.stop()
  }
}

async function waitingCrowd(order: Parameters<typeof startCrowd>[0]): Promise<Crowd> {
  const crowd = await startCrowd(order)
  return allWait(crowd, order.waits).then(
    () => crowd,
    async (error) => {
      await crowd.end()
      throw error
    },
  )
}

async function allWait(crowd: Crowd, clients: number): Promise<void> {
  const { waiting, failures } = await crowd.until((now) => now.waiting === clients, patience_s)
  if (waiting !== clients) {
    throw new Error(`${waiting} of ${clients} wait: ${JSON.stringify(failures)}`)
  }
}

/** Posts at a steady rate to all who wait. */
async function deliver(crowd: Crowd, posts: Posts, serving: Serving, load: Load) {
  const every_ms = 1_000 / load.rate
  const first_per_s = Math.max(load.rate, uncounted.deliveries_per_s / load.clients)
  await posts.many(Math.ceil(uncounted.seconds * first_per_s), 1_000 / first_per_s)
  const before = await allHave(crowd, posts, load.clients)
  const from = await usageOf(serving.pids)
  const [begun_ms, first] = [performance.now(), posts.newest + 1]
  await posts.many(load.seconds * load.rate, every_ms)
  const after = await allHave(crowd, posts, load.clients)
  const took_s = (performance.now() - begun_ms) / 1_000
  const to = await usageOf(serving.pids)
  const deliveries = after.deliveries - before.deliveries
  const numbers = posts.newest - first + 1
  const last_ms = posts.since(first).map(([number, at_ms]) => lastOf(after, number) - at_ms)
  return {
    cpu_us: ((to.cpu_s - from.cpu_s) * 1e6) / deliveries,
    last_ms: percentile(last_ms, 0.5),
    merged: (numbers * load.clients) / deliveries,
    generator: (after.cpu_s - before.cpu_s) / took_s,
    wrong: after.lost + after.doubled,
  }
}

/** Posts numbers one by one, and watches the event loop from each until the last has it. */
async function heldUp(crowd: Crowd, posts: Posts, { loop }: Serving, load: Load): Promise<number> {
  if (!loop) return Number.NaN
  for (let number = 0; number < watched; number++) {
    await sleep(watched_every_ms)
    loop.watch()
    await posts.many(1, 0)
    await allHave(crowd, posts, load.clients)
    loop.rest()
  }
  return (await loop.tell()).p99_ms
}

async function allHave(crowd: Crowd, posts: Posts, clients: number): Promise<Tally> {
  const has = ({ numbers }: Tally) => numbers[posts.newest]?.got === clients
  const tally = await crowd.until(has, patience_s)
  if (has(tally)) return tally
  const { lost, doubled, failures } = tally
  const got = tally.numbers[posts.newest]?.got ?? 0
  throw new Error(
    `${got} of ${clients} have the last number: ${JSON.stringify({ lost, doubled, failures })}`,
  )
}

const lastOf = ({ numbers }: Tally, number: number) => numbers[number]?.last_ms ?? Number.NaN

/** What has been posted, and when. */
class Posts {
  readonly #serving: Serving
  readonly #sent: [number: number, at_ms: number][] = []
  newest = before_first

  constructor(serving: Serving) {
    this.#serving = serving
  }

  since(first: number): [number: number, at_ms: number][] {
    return this.#sent.filter(([number]) => number >= first)
  }

  /** Posts so many numbers, one each so many milliseconds; settles when all are taken. */
  async many(numbers: number, every_ms: number): Promise<void> {
    const begun_ms = performance.now()
    for (let posted = 0; posted < numbers; posted++) {
      await sleep(begun_ms + posted * every_ms - performance.now())
      this.#sent.push([++this.newest, performance.timeOrigin + performance.now()])
      // One after the other: two that are under way at once may be stored in either order.
      await this.#serving.publish(this.newest)
    }
  }
}
