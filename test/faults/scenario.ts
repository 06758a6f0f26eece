/** A fault while many wait and some talk. */
import { limits } from '../../handlers/limits.ts'
import { ask, expectStatus, freshRoom, type Guest, guest } from '../stack/client.ts'
import { until } from '../until.ts'
import { type Crowd, startCrowd } from './crowd/crowd.ts'
import { clock_ms, type Order, type Seats, type Tally } from './crowd/tally.ts'
import {
  type Acknowledged,
  type Posted,
  patience_ms,
  postOnce,
  type Talkers,
  talk,
} from './posts.ts'
import type { Outcome } from './report.ts'
import { wrongInDatabase } from './stored.ts'

/** Those who wait where something is said all the time, and those who wait where nothing is. */
const clients_busy = 270
const clients_quiet = 30

const authors = 4
const pause_ms = 600

/** Messages before the fault, and at the least after it. */
const calm = 8
/** Messages of a scenario at the least. */
export const postsLeast = 30
const begin_s = 30
/** For what is on its way when the talk ends, however badly it goes. */
const settle_s = 30

/** Comes back when so many more messages are acknowledged, or when that takes too long. */
export type More = (count: number) => Promise<void>

/** Does something to the stack while people talk. @returns what is to be said of it, if anything */
export type Fault = (more: More) => Promise<string | undefined>

/**
 * Lets a fault happen under load.
 * @param scenario its name in the report
 * @returns what became of all messages and clients
 */
export async function underLoad(scenario: string, fault: Fault): Promise<Outcome> {
  const people = await Promise.all(Array.from({ length: authors }, () => guest()))
  const [first] = people as [Guest]
  const busy = await seats(first, clients_busy)
  const quiet = await seats(first, clients_quiet)
  const crowd = startCrowd(await order(first, [busy, quiet]))
  try {
    await allWait(crowd)
    const talkers = talk(people, busy.room, pause_ms)
    const note = await harm(talkers, fault).finally(talkers.stop)
    await postOnce(talkers.posted, first, quiet.room, false)
    const acknowledged = talkers.posted.acknowledged
    const due = expectedOf(acknowledged, [busy, quiet])
    const tally = await crowd.until((now) => deliveredOf(acknowledged, now) === due, settle_s)
    const wrongStored = await wrongIn([busy, quiet], acknowledged)
    const outcome = compare(talkers.posted, tally)
    return { scenario, ...outcome, expected: due, wrongStored, note: note ?? '' }
  } finally {
    await crowd.end()
  }
}

/** Lets a fault happen between two pieces of talk. */
async function harm({ posted }: Talkers, fault: Fault): Promise<string | undefined> {
  const { acknowledged } = posted
  const more: More = async (count) => {
    const [enough, end_ms] = [acknowledged.length + count, clock_ms() + patience_ms]
    await until(() => acknowledged.length >= enough || clock_ms() > end_ms)
  }
  await more(calm)
  const note = await fault(more)
  await more(Math.max(calm, postsLeast - acknowledged.length))
  return note
}

async function seats(maker: Guest, clients: number): Promise<Seats> {
  const room = await freshRoom(maker)
  return { room, cursor: await liveCursor(room), clients }
}

/** Where a room's log stands. */
export async function liveCursor(room: string): Promise<string> {
  const headers = { accept: 'application/json' }
  return expectStatus(await ask(`/r/${room}/messages?limit=1`, { headers }), 200).live
}

async function order({ cookie }: Guest, all: Seats[]): Promise<Order> {
  const streams = await hasStreams(all[0]?.room ?? '')
  const baseUrl = process.env.BASE_URL ?? ''
  return { baseUrl, cookie, seats: all, wait_s: limits.waitSeconds, streams }
}

/** Whether the server offers event streams. */
export async function hasStreams(room: string): Promise<boolean> {
  const going = new AbortController()
  const answer = await fetch(`${process.env.BASE_URL}/r/${room}/messages?after=0`, {
    headers: { accept: 'text/event-stream' },
    signal: going.signal,
  })
  going.abort()
  return answer.headers.get('content-type')?.startsWith('text/event-stream') ?? false
}

async function allWait(crowd: Crowd): Promise<void> {
  const all = clients_busy + clients_quiet
  const { waiting, errors } = await crowd.until((now) => now.waiting === all, begin_s)
  if (waiting === all) return
  throw new Error(`${waiting} of ${all} clients wait; errors: ${JSON.stringify(errors)}`)
}

async function wrongIn(all: Seats[], said: Acknowledged[]): Promise<string[]> {
  const wrong = all.map(({ room }) =>
    wrongInDatabase(
      room,
      said.filter((one) => one.room === room),
    ),
  )
  return (await Promise.all(wrong)).flat()
}

function expectedOf(said: Acknowledged[], all: Seats[]): number {
  const clients = new Map(all.map((one) => [one.room, one.clients]))
  return said.reduce((sum, { room }) => sum + (clients.get(room) ?? 0), 0)
}

const deliveredOf = (said: Acknowledged[], { got }: Tally): number =>
  said.reduce((sum, { room, n }) => sum + (got[room]?.[n]?.clients ?? 0), 0)

/** Puts what was said beside what was heard. */
function compare({ posted, acknowledged, errors }: Posted, tally: Tally) {
  const heard = acknowledged.map((one) => ({ ...one, got: tally.got[one.room]?.[one.n] }))
  const gaps_ms = heard.map(({ at_ms, got }) => (got ? got.last_ms - at_ms : 0))
  const other = heard.filter(({ text, got }) => got && got.text !== text).length
  return {
    posted,
    acknowledged: acknowledged.length,
    delivered: deliveredOf(acknowledged, tally),
    doubled: tally.doubled,
    disordered: tally.disordered,
    differing: tally.differing + other,
    gap_ms: Math.max(0, ...gaps_ms),
    waitErrors: tally.errors,
    postErrors: errors,
  }
}
