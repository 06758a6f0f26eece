/** Many who wait for the same room: whether they are held, and what they cost. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Bench, type Context, countOf, type Report } from '../kit/bench.ts'
import { cookiesOf, createGuest, createGuests, type Guest } from '../kit/guest.ts'
import { read } from '../kit/parts.ts'
import type { Target } from '../kit/target.ts'
import { type Crowd, startCrowd } from '../waiters/crowd.ts'
import { before_first, textOf } from '../waiters/marks.ts'
import { type Figures, report } from './report.ts'
import { targetOf } from './target.ts'

const wait_s = 25

/** While all are held and nothing happens; shorter than what the wait leaves after the last began. */
const rest_ms = 3_000

/**
 * Once all have the message, all come back at once. What becomes of that stands after this time,
 * which is above what the server lets a request wait for the database.
 */
const after_ms = 10_000

const patience_s = 120

/** Whom those who wait show themselves as, in turn. */
const guests_max = 100

export const hold: Bench = {
  name: 'hold',
  shows: 'waits held at once, and what they cost',
  options: {
    waits: { says: 'how many wait in hold', standard: '10000' },
    rate: { says: 'how many more of them begin each second', standard: '500' },
  },
  async run(context) {
    const target = await targetOf(context)
    try {
      return await holdOn(context, target)
    } finally {
      await target.close()
    }
  },
}

async function holdOn(context: Context, target: Target): Promise<Report> {
  const { baseUrl, what } = target
  const guest = await createGuest(baseUrl, 'Host')
  const room = await guest.makeRoom(`Hold ${Date.now().toString(36)}`)
  const waits = countOf(context, 'waits')
  const cursor = await guest.live(room)
  const path = `/r/${room}/messages?after=${cursor}&wait=${wait_s}`
  const cookies = cookiesOf(await createGuests(baseUrl, Math.min(waits, guests_max)))
  const order = {
    baseUrl,
    way: 'poll' as const,
    path,
    cookies,
    cursor,
    before: before_first,
    waits,
  }
  const before = await read(target.parts)
  const connectionsBefore = await target.databaseConnections()
  const crowd = await startCrowd({ ...order, perSecond: countOf(context, 'rate') })
  try {
    const figures = await watch({ context, target, guest, room, crowd, waits })
    return report(what, { before, connectionsBefore, ...figures })
  } finally {
    await crowd.end()
  }
}

type Watched = {
  context: Context
  target: Target
  guest: Guest
  room: string
  crowd: Crowd
  waits: number
}

/** Sees a crowd through: all wait, each wait ends once and comes back, one message reaches all. */
async function watch(watched: Watched): Promise<Omit<Figures, 'before' | 'connectionsBefore'>> {
  const { context, target, guest, room, crowd, waits } = watched
  context.say(`${waits} waits begin`)
  const { waiting } = await crowd.until((now) => now.waiting === waits, patience_s)
  context.say(`${waiting} wait`)
  const held = await read(target.parts)
  await sleep(rest_ms)
  const rested = await read(target.parts)
  const proportional = await Promise.all(target.parts.map((part) => part.proportional?.()))
  const connections = await target.databaseConnections()
  context.say('until each of them has ended once')
  await crowd.until(({ endedSame }) => endedSame === waits, patience_s)
  const { waiting: waitingAgain } = await crowd.until((now) => now.waiting === waits, wait_s)
  const ended = await read(target.parts)
  context.say(`${waitingAgain} wait; one message is posted`)
  const posted_ms = performance.timeOrigin + performance.now()
  await guest.post(room, textOf(before_first + 1))
  const stored_ms = performance.timeOrigin + performance.now() - posted_ms
  await crowd.until(({ got_ms }) => got_ms.length === waits, patience_s)
  const connectionsAfter = await target.databaseConnections()
  await sleep(after_ms)
  const delivered = await read(target.parts)
  const tally = await crowd.tally()
  context.say(`${tally.waiting} wait`)
  const times = { posted_ms, stored_ms }
  const readings = { held, rested, ended, delivered }
  const atDatabase = { connections, connectionsAfter }
  return { waits, waiting, waitingAgain, proportional, ...atDatabase, ...readings, ...times, tally }
}
