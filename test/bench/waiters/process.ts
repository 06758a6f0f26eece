/**
 * The load generator: a process of its own, so that it takes no time from the one that measures.
 * The first message it is sent is its order; a number after that lets it grow to so many, anything
 * else is answered by the tally.
 */
import { percentile } from '../kit/figures.ts'
import { Listener } from './listener.ts'
import { NchanPoller } from './nchan.ts'
import { Poller } from './poller.ts'
import { SocketPoller, SocketWaiter } from './socketio.ts'
import type { Delivery, Order, Tally } from './tally.ts'
import type { Place, Told, Waiter } from './waiter.ts'

const step_ms = 20

const waiters: Waiter[] = []
const same = new Set<number>()
const held_ms: number[] = []
const answers: Record<string, number> = {}
const failures: Record<string, number> = {}
const numbers = new Map<number, Delivery>()
let got_ms: number[] = []
let [newest, doubled, lost, deliveries, endedOther] = [0, 0, 0, 0, 0]

/** Begins waits, a few at a time, until there are so many. */
function begin(order: Order, waits: number): void {
  const { hostname, port } = new URL(order.baseUrl)
  const [begun_ms, already] = [performance.now(), waiters.length]
  const more = setInterval(() => {
    const due = already + Math.ceil(((performance.now() - begun_ms) * order.perSecond) / 1000)
    while (waiters.length < Math.min(due, waits)) {
      const cookie = order.cookies[waiters.length % order.cookies.length] ?? ''
      const place = { host: hostname, port: Number(port || 80), path: order.path, cookie }
      const waiter = oneWaiter(order, place, told(waiters.length))
      waiters.push(waiter)
      waiter.start()
    }
    if (waiters.length === waits) clearInterval(more)
  }, step_ms)
}

function oneWaiter({ way, cursor, before }: Order, place: Place, told: Told): Waiter {
  switch (way) {
    case 'poll':
      return new Poller(place, before, told, cursor)
    case 'stream':
    case 'nchan stream':
      return new Listener(place, before, told, cursor)
    case 'nchan poll':
      return new NchanPoller(place, before, told)
    case 'socket.io websocket':
      return new SocketWaiter(place, before, told)
    case 'socket.io polling':
      return new SocketPoller(place, before, told)
  }
}

/** Where a waiter's doings are counted. */
const told = (id: number): Told => ({
  answered: (status) => add(answers, String(status)),
  failed: (what) => add(failures, what),
  got,
  delivered: () => {
    deliveries++
  },
  gotNothing(ms, isSame) {
    held_ms.push(ms)
    if (isSame) same.add(id)
    else endedOther++
  },
})

/** Numbers have no gaps, so that one which is left out was lost. */
function got(number: number, before: number): void {
  if (number <= before) {
    doubled++
    return
  }
  lost += number - before - 1
  const now_ms = performance.timeOrigin + performance.now()
  const delivery = numbers.get(number)
  if (delivery) {
    delivery.got++
    delivery.last_ms = now_ms
  } else numbers.set(number, { got: 1, last_ms: now_ms })
  if (number > newest) [newest, got_ms] = [number, []]
  if (number === newest) got_ms.push(now_ms)
}

function tally(): Tally {
  const { user, system } = process.cpuUsage()
  return {
    begun: waiters.length,
    waiting: waiters.filter(({ waiting }) => waiting).length,
    answers,
    deliveries,
    endedSame: same.size,
    endedOther,
    held_ms: [0, 0.5, 1].map((part) => percentile(held_ms, part)),
    failures,
    doubled,
    lost,
    numbers: Object.fromEntries(numbers),
    got_ms,
    cpu_s: (user + system) / 1e6,
  }
}

function add(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1
}

process.once('message', (order: Order) => {
  begin(order, order.waits)
  process.on('message', (asked: 'tally' | number) => {
    if (asked === 'tally') process.send?.(tally())
    else begin(order, asked)
  })
})
process.once('disconnect', () => process.exit())
