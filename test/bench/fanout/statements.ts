/** What Natter asks its database for one message, by how many wait. */
import { setTimeout as sleep } from 'node:timers/promises'
import { statementCounter } from '../kit/statements.ts'
import type { Store } from '../kit/store.ts'
import { startCrowd } from '../waiters/crowd.ts'
import { before_first } from '../waiters/marks.ts'
import { type People, startNatter } from './natter.ts'

export type Statements = { clients: number; perMessage: Map<string, number> }

const messages = 20
const every_ms = 250
const patience_s = 60

/**
 * Counts the statements that a process carries out while messages come, for each of these crowds.
 * @returns how many for one message, by their beginning; what a process asks now and then
 *   (`sweep` and so on) is among them
 */
export async function countStatements(
  store: Store,
  people: People,
  crowds: readonly number[],
): Promise<Statements[]> {
  const { PGHOST, PGPORT } = store.env
  const counter = await statementCounter({ host: PGHOST, port: Number(PGPORT) })
  const env = { ...store.env, PGHOST: counter.host, PGPORT: String(counter.port) }
  try {
    const counted: Statements[] = []
    for (const clients of crowds) {
      const serving = await startNatter({ env }, people, 'poll')
      try {
        counted.push({ clients, perMessage: await during(serving, clients, counter.take) })
      } finally {
        await serving.stop()
      }
    }
    return counted
  } finally {
    await counter.stop()
  }
}

async function during(
  serving: Awaited<ReturnType<typeof startNatter>>,
  clients: number,
  take: () => Map<string, number>,
): Promise<Map<string, number>> {
  const { baseUrl, cookies } = serving
  const order = { baseUrl, cookies, way: 'poll' as const, before: before_first, waits: clients }
  const crowd = await startCrowd({ ...order, perSecond: 1_000, ...(await serving.now()) })
  try {
    const post = async (number: number) => {
      await Promise.all([serving.publish(number), sleep(every_ms)])
      await crowd.until(({ numbers }) => numbers[number]?.got === clients, patience_s)
    }
    await crowd.until(({ waiting }) => waiting === clients, patience_s)
    await post(before_first + 1)
    take()
    for (let n = 2; n <= messages + 1; n++) await post(before_first + n)
    const perMessage = new Map<string, number>()
    for (const [text, times] of take()) {
      const short = beginning(text)
      perMessage.set(short, (perMessage.get(short) ?? 0) + times / messages)
    }
    return perMessage
  } finally {
    await crowd.end()
  }
}

const shown_chars = 64

/** A statement in a line of a table, which knows no upright strokes. */
function beginning(text: string): string {
  const line = text.replace(/\s+/g, ' ').replaceAll('|', '¦').trim()
  return line.length > shown_chars ? `${line.slice(0, shown_chars)}…` : line
}
