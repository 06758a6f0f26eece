/**
 * The load generator: a process of its own, so that it takes no time from the one that measures.
 * The first message it is sent is its order; each one after that is answered by the tally.
 */
import { percentile } from '../kit/figures.ts'
import type { Order, Tally } from './tally.ts'
import { type Told, Waiter } from './waiter.ts'

const step_ms = 20

const waiters: Waiter[] = []
const same = new Set<number>()
const held_ms: number[] = []
const answers: Record<string, number> = {}
const failures: Record<string, number> = {}
let got_ms: number[] = []
let [newest, doubled, lost, endedOther] = [0, 0, 0, 0]

/** Begins all waits, a few at a time. */
function begin({ baseUrl, waits, perSecond, cursor, ...rest }: Order): void {
  const { hostname, port } = new URL(baseUrl)
  const place = { host: hostname, port: Number(port || 80), ...rest }
  const begun_ms = performance.now()
  const more = setInterval(() => {
    const due = Math.ceil(((performance.now() - begun_ms) * perSecond) / 1000)
    while (waiters.length < Math.min(due, waits)) {
      const waiter = new Waiter(place, cursor, told(waiters.length))
      waiters.push(waiter)
      waiter.start()
    }
    if (waiters.length === waits) clearInterval(more)
  }, step_ms)
}

/** Where a waiter's doings are counted. */
const told = (id: number): Told => ({
  answered: (status) => add(answers, String(status)),
  failed: (what) => add(failures, what),
  got,
  gotNothing(ms, isSame) {
    held_ms.push(ms)
    if (isSame) same.add(id)
    else endedOther++
  },
})

/** Numbers have no gaps, so that one which is left out was lost. */
function got(n: number, before: number): void {
  if (n <= before) {
    doubled++
    return
  }
  lost += n - before - 1
  if (n > newest) [newest, got_ms] = [n, []]
  if (n === newest) got_ms.push(performance.timeOrigin + performance.now())
}

const tally = (): Tally => ({
  begun: waiters.length,
  waiting: waiters.filter(({ waiting }) => waiting).length,
  answers,
  endedSame: same.size,
  endedOther,
  held_ms: [0, 0.5, 1].map((part) => percentile(held_ms, part)),
  failures,
  doubled,
  lost,
  got_ms,
})

function add(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1
}

process.once('message', (order: Order) => {
  begin(order)
  process.on('message', () => process.send?.(tally()))
})
process.once('disconnect', () => process.exit())
