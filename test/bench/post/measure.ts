/** One round of one contestant: senders post as fast as they are acknowledged. */
import { bundle } from '../kit/bundle.ts'
import { startScript, told } from '../kit/program.ts'
import type { Store } from '../kit/store.ts'
import { processUsage } from '../kit/usage.ts'
import type { Contestant, Serving } from './contestants.ts'
import type { HttpOrder, Order, Sent, Told } from './order.ts'

export type Load = Omit<Order, 'places'> & { cookies: string[] }

export type Figures = {
  /** Acknowledged posts each second. */
  perSecond: number
  p50_ms: number
  p99_ms: number
  /** Of one core, by the server; NaN where there is none. */
  server: number
  /** Of one core, by the senders. */
  senders: number
}

/** @throws {Error} where anything was refused, or what was acknowledged is not what is stored */
export async function measure(
  store: Store,
  contestant: Contestant,
  { cookies, ...load }: Load,
): Promise<Figures> {
  const serving = await contestant.start?.()
  try {
    const before = await stored(store)
    const order: Order = { ...load, places: contestant.places }
    const { sent, cpu_s } = await send(store, serving, { ...order, cookies }, contestant.stores)
    const failures = Object.entries(sent.failures).map(([what, times]) => `${times} × ${what}`)
    if (failures.length > 0) throw new Error(`${contestant.name}: ${failures.join(', ')}`)
    const added = (await stored(store)) - before
    if (added !== (contestant.stores ? sent.ever : 0)) {
      throw new Error(`${contestant.name}: ${sent.ever} acknowledged, ${added} stored`)
    }
    return {
      perSecond: sent.posts / load.seconds,
      p50_ms: sent.p50_ms,
      p99_ms: sent.p99_ms,
      server: cpu_s / load.seconds,
      senders: sent.cpu_s / load.seconds,
    }
  } finally {
    await serving?.stop()
  }
}

/** Lets a process of senders do its work. @returns also the server's time while it counted */
async function send(
  { env }: Store,
  serving: Serving | undefined,
  order: Load & Order,
  hasBody: boolean,
): Promise<{ sent: Sent; cpu_s: number }> {
  const file = serving ? './senders.ts' : './each-bare.ts'
  const senders = startScript(await bundle(new URL(file, import.meta.url)), env)
  const used = async () => (serving ? (await processUsage(serving.pid)).cpu_s : Number.NaN)
  try {
    const whole: HttpOrder = { ...order, baseUrl: serving?.baseUrl ?? '', hasBody }
    senders.child.send(whole)
    await told<Told>(senders)
    const from = await used()
    await told<Told>(senders)
    const to = await used()
    return { sent: await told<Sent>(senders), cpu_s: to - from }
  } finally {
    await senders.stop()
  }
}

/**
 * How many messages there are.
 * @throws {Error} where a room's numbers have a gap
 */
async function stored(store: Store): Promise<number> {
  const rows = await store.ask<{ messages: number; gaps: number }>(
    `select coalesce(sum(messages), 0)::int as messages,
        count(*) filter (where last_seq <> greatest(events, messages))::int as gaps
       from (select last_seq, (select count(*) from messages where room_id = id) as messages,
               (select count(*) from log where room_id = id) as events from rooms) as rooms`,
  )
  const { messages, gaps } = rows[0] ?? { messages: 0, gaps: 0 }
  if (gaps > 0) throw new Error(`the numbers of ${gaps} rooms have gaps`)
  return messages
}
