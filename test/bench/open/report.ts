/** The figures of `open` as tables. */
import type { Report } from '../kit/bench.ts'
import { count, microseconds, milliseconds, percentile } from '../kit/figures.ts'
import type { Table } from '../kit/table.ts'
import { type Kind, kinds } from './door.ts'

/** What opening took with so many messages in all, in milliseconds for each page. */
export type Step = {
  size: number
  newest: number[]
  deep: number[]
  other: number[]
  /** Processor time of the server's process for one page, in seconds. */
  cpu_s: number
}

const shown: Record<Kind, string> = {
  newest: 'newest page of a room with half of all',
  deep: 'page deep in its past',
  other: 'newest page of another room',
}

/** @param store for a person: which database */
export function report(store: string, steps: Step[]): Report {
  return {
    server: `a backend process for each size, on the loopback address, without a proxy · ${store}`,
    tables: [wanted(steps), ...kinds.map((kind) => times(steps, kind)), processor(steps)],
    notes: [
      'A guest opens the room as a fragment, one request after the other on one connection, the kinds and the sizes by turns. Each size is a database with a process of its own, on one server: 10 rooms side by side, every other message in one of them, so that neighbours in a room lie apart on disk. It is vacuumed, analysed and written down before. Pages of the past are chosen at random from the older half.',
    ],
  }
}

const ratio = (steps: Step[], step: Step, kind: Kind, part: number) => {
  const least = steps[0]
  return `${(percentile(step[kind], part) / percentile(least?.[kind] ?? [], part)).toFixed(2)} ×`
}

function wanted(steps: Step[]): Table {
  const last = steps.at(-1)
  const rows = kinds.map((kind) => [
    shown[kind],
    last ? ratio(steps, last, kind, 0.5) : '–',
    '1.2 ×',
  ])
  const [from, to] = [count(steps[0]?.size ?? 0), count(last?.size ?? 0)]
  return { columns: [`at ${to} messages to ${from}, p50`, 'measured', 'wanted at most'], rows }
}

const times = (steps: Step[], kind: Kind): Table => ({
  columns: [shown[kind], 'p50', 'to the first', 'p95', 'to the first'],
  rows: steps.map((step) => [
    `${count(step.size)} messages`,
    ...[0.5, 0.95].flatMap((part) => [
      milliseconds(percentile(step[kind], part)),
      ratio(steps, step, kind, part),
    ]),
  ]),
})

const processor = (steps: Step[]): Table => ({
  columns: ['CPU of the server’s process', 'for any page'],
  rows: steps.map(({ size, cpu_s }) => [`${count(size)} messages`, microseconds(cpu_s)]),
})
