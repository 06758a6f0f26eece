/** Senders, each of whom sends again as soon as the one before is acknowledged. */
import { setTimeout as sleep } from 'node:timers/promises'
import { percentile } from '../kit/figures.ts'
import type { Order, Sent, Told } from './order.ts'

/** Sends one post; rejects with a word or two when it is not acknowledged. */
export type Send = (place: string) => Promise<void>

/**
 * Takes the order that the process is sent first, carries it out, and tells what it came to.
 * @param begin makes the senders
 */
export function work<O extends Order>(begin: (order: O) => Promise<Send[]>): void {
  process.once('disconnect', () => process.exit())
  process.once('message', (order: O) => {
    begin(order)
      .then((senders) => all(order, senders))
      .then(tell)
  })
}

const tell = (told: Told) => process.send?.(told)

async function all({ places, warm_s, seconds }: Order, senders: Send[]): Promise<Sent> {
  const failures: Record<string, number> = {}
  let taken_ms: number[] = []
  let [state, ever, next]: ['warm' | 'counting' | 'over', number, number] = ['warm', 0, 0]
  const one = async (send: Send) => {
    while (state !== 'over') {
      const sent_ms = performance.now()
      const word = await send(places[next++ % places.length] ?? '').catch(wordOf)
      if (word !== undefined) {
        failures[word] = (failures[word] ?? 0) + 1
        continue
      }
      ever++
      if (state === 'counting') taken_ms.push(performance.now() - sent_ms)
    }
  }
  const working = Promise.all(senders.map(one))
  await sleep(warm_s * 1_000)
  tell('begun')
  ;[state, taken_ms] = ['counting', []]
  const before = process.cpuUsage()
  await sleep(seconds * 1_000)
  const { user, system } = process.cpuUsage(before)
  state = 'over'
  tell('ended')
  await working
  const [p50_ms = 0, p99_ms = 0] = [0.5, 0.99].map((part) => percentile(taken_ms, part))
  return { posts: taken_ms.length, ever, p50_ms, p99_ms, failures, cpu_s: (user + system) / 1e6 }
}

const wordOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
