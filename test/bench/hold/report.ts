/** The figures of `hold` as tables. */
import type { Report } from '../kit/bench.ts'
import {
  count,
  mebibytes,
  megabytes,
  microseconds,
  milliseconds,
  percentile,
  share,
} from '../kit/figures.ts'
import { type Reading, together } from '../kit/parts.ts'
import type { Table } from '../kit/table.ts'
import type { Usage } from '../kit/usage.ts'
import type { Tally } from '../waiters/tally.ts'

export type Figures = {
  waits: number
  /** How many waited at once when all had begun, and when each had been answered once. */
  waiting: number
  waitingAgain: number
  /** Connections to the database, before and while all wait; undefined where nobody can be asked. */
  connectionsBefore: number | undefined
  connections: number | undefined
  /** Also when the message has just reached all, and they come back. */
  connectionsAfter: number | undefined
  /** Of each part, with all held, its memory with what it shares divided; undefined where unknown. */
  proportional: (number | undefined)[]
  before: Reading
  held: Reading
  rested: Reading
  ended: Reading
  delivered: Reading
  /** When the message was sent, in ms since 1970, and how long until it was stored. */
  posted_ms: number
  stored_ms: number
  tally: Tally
}

/** @param server for a person: what was measured */
export function report(server: string, figures: Figures): Report {
  return {
    server,
    tables: [wanted(figures), outcome(figures), cost(figures)],
    notes: [
      'One process of bare sockets asks for fragments with the cookies of guests, each socket again as soon as it is answered. Memory and processor time as `docker stats` counts them, or of the server’s process.',
    ],
  }
}

/** What one backend may take; the proxy in front of it is a part of its own. */
function wanted(figures: Figures): Table {
  const { before, held, rested, ended, delivered, connections, connectionsAfter } = figures
  const parts = [...before.parts.keys()].filter((name) => ['backend', 'server'].includes(name))
  const memory = [held, rested, ended, delivered].map((reading) =>
    parts.reduce((sum, part) => sum + usageOf(reading, part).memory_bytes, 0),
  )
  const most = Math.max(connections ?? Number.NaN, connectionsAfter ?? Number.NaN)
  return {
    columns: [`${count(figures.waits)} waits on the backend`, 'measured', 'wanted at most'],
    rows: [
      ['memory, the most that was read', megabytes(Math.max(...memory)), '300 MB'],
      ['database connections, the most', Number.isNaN(most) ? 'unknown' : count(most), '12'],
    ],
  }
}

function outcome(figures: Figures): Table {
  const { waits, waiting, waitingAgain, tally, posted_ms, stored_ms } = figures
  const got_ms = tally.got_ms.map((at_ms) => at_ms - posted_ms)
  const after = (part: number) => milliseconds(percentile(got_ms, part))
  return {
    columns: [`${count(waits)} waits`, 'figure'],
    rows: [
      ['held at once when all had begun', count(waiting)],
      ['ended 200 with nothing and the same cursor', `${count(tally.endedSame)} waiters`],
      ['ended with nothing and another cursor', count(tally.endedOther)],
      ['held until then: shortest, median, longest', tally.held_ms.map(milliseconds).join(', ')],
      ['held at once when all had come back', count(waitingAgain)],
      ['got the message', `${count(got_ms.length)} waiters`],
      ['messages doubled, lost', `${count(tally.doubled)}, ${count(tally.lost)}`],
      ['posting → stored', milliseconds(stored_ms)],
      ['posting → the first has it', after(0)],
      ['posting → half of them have it', after(0.5)],
      ['posting → the last has it', after(1)],
      ['held at once 10 s after that', count(tally.waiting)],
      ['answers by status, in all', listed(tally.answers)],
      ['failed connections, in all', listed(tally.failures)],
      ['database connections before, meanwhile, then', connections(figures)],
    ],
  }
}

function cost(figures: Figures): Table {
  const { waits, before, held, rested, ended, delivered, proportional } = figures
  const row = (name: string, cell: (of: (reading: Reading) => Usage) => string) => [
    name,
    ...[...before.parts.keys()].map((part) => cell((reading) => usageOf(reading, part))),
    cell(together),
  ]
  const load = (name: string, from: Reading, to: Reading) =>
    row(name, (of) => share(of(to).cpu_s - of(from).cpu_s, (to.at_ms - from.at_ms) / 1000))
  return {
    columns: ['', ...before.parts.keys(), 'together'],
    rows: [
      row('memory before', (of) => mebibytes(of(before).memory_bytes)),
      row('memory with all held', (of) => mebibytes(of(held).memory_bytes)),
      ...(proportional.every((bytes) => bytes === undefined)
        ? []
        : [proportionalRow(proportional)]),
      row('memory when all had come back', (of) => mebibytes(of(ended).memory_bytes)),
      row('memory for one wait', (of) =>
        kibibytes((of(held).memory_bytes - of(before).memory_bytes) / waits),
      ),
      load('CPU while all are held, of one core', held, rested),
      load('CPU while they end and come back', rested, ended),
      row('CPU for one delivery and the next wait', (of) =>
        microseconds((of(delivered).cpu_s - of(ended).cpu_s) / waits),
      ),
    ],
  }
}

function proportionalRow(bytes: readonly (number | undefined)[]): string[] {
  const sum = bytes.reduce<number>((total, one) => total + (one ?? Number.NaN), 0)
  const cells = [...bytes, sum].map((one) => (Number.isFinite(one) ? mebibytes(one ?? 0) : '–'))
  return ['the same, what is shared divided (PSS)', ...cells]
}

const usageOf = ({ parts }: Reading, name: string): Usage =>
  parts.get(name) ?? { cpu_s: Number.NaN, memory_bytes: Number.NaN }

function connections({ connectionsBefore, connections, connectionsAfter }: Figures): string {
  if (connections === undefined) return 'unknown'
  return `${connectionsBefore}, ${connections}, ${connectionsAfter}`
}

const kibibytes = (bytes: number) => `${(bytes / 1024).toFixed(1)} KiB`

function listed(counts: Record<string, number>): string {
  const parts = Object.entries(counts).map(([key, value]) => `${key}: ${count(value)}`)
  return parts.join(', ') || 'none'
}
