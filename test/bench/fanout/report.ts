/** The figures of `fanout` as tables. */
import type { Report } from '../kit/bench.ts'
import { count, kilobytes, microseconds, milliseconds, share } from '../kit/figures.ts'
import { median, type Result, ratioTo } from '../kit/rounds.ts'
import type { Table } from '../kit/table.ts'
import type { Contestant, LeftOut } from './contestant.ts'
import type { Figures, Load } from './measure.ts'
import type { Statements } from './statements.ts'

export type Fanned = Result<Contestant, Figures>

type Rounds = { load: Load; results: Fanned[] }

type Measured = { rounds: Rounds; large: Rounds; statements: Statements[]; leftOut: LeftOut[] }

/** @param store for a person: which database */
export function report(store: string, measured: Measured): Report {
  const { rounds, large, leftOut } = measured
  return {
    server: `one backend process on the loopback address, without a proxy · ${store}`,
    tables: [wanted(rounds, large), costs(rounds), costs(large), statements(measured.statements)],
    notes: [
      ...leftOut.map(({ name, why }) => `Left out: ${name}: ${why}.`),
      'All are asked in the same words, with the cookies of guests, whom Natter alone looks at; what the floors and the peers answer are the bytes of an answer of Natter’s. One after the other in each round, each in a new process, which a small crowd and some hundred numbers that are not counted have warmed up. Figures are the medians of the rounds; a ratio is the median of the rounds’ own ratios. A delivery by long poll is the answer and the next request. Processor time and resident memory of the server’s process are from /proc, those of its database are not in them. Memory for one who waits is what is held more when all wait than when a fifth of them does, once nothing moves and Node has collected what it does not need. The load generator checks that every number comes once and in order.',
    ],
  }
}

type Key = 'cpu_us' | 'memory_bytes' | 'last_ms'

/** How many times the floor of the same kind in the same round. */
function ratioOf(results: Fanned[], { contestant, figures }: Fanned, key: Key): number {
  const floor = results.find(
    ({ contestant: { kind, isFloor } }) => isFloor === true && kind === contestant.kind,
  )
  return ratioTo(figures, floor?.figures, (one) => one[key])
}

const times = (value: number) => (Number.isFinite(value) ? `${value.toFixed(2)} ×` : '–')

/** Natter’s results of a kind. */
const oursOf = ({ results }: Rounds, kind: Contestant['kind']) =>
  results.find(({ contestant }) => contestant.kind === kind && contestant.name.startsWith('Natter'))

const ways = [
  { kind: 'poll', way: 'long poll', cpu: '1.0 ×' },
  { kind: 'stream', way: 'event stream', cpu: '1.1 ×' },
] as const

function wanted(rounds: Rounds, large: Rounds): Table {
  const ratio = (of: Rounds, kind: Contestant['kind'], key: Key) => {
    const ours = oursOf(of, kind)
    return ours ? times(ratioOf(of.results, ours, key)) : '–'
  }
  const held = (kind: Contestant['kind']) =>
    milliseconds(median(oursOf(large, kind)?.figures.map((one) => one.held_up_ms) ?? []))
  const all = count(large.load.clients)
  const rows = [
    ways.map(({ kind, way, cpu }) => [
      `CPU for one delivery, ${way}`,
      ratio(rounds, kind, 'cpu_us'),
      cpu,
    ]),
    ways.map(({ kind, way }) => [
      `memory for one who waits, ${way}`,
      ratio(large, kind, 'memory_bytes'),
      '1.1 ×',
    ]),
    ways.map(({ kind, way }) => [
      `until the last of ${all} has it, ${way}`,
      ratio(large, kind, 'last_ms'),
      '1.2 ×',
    ]),
    ways.map(({ kind, way }) => [
      `event loop’s p99 while ${all} are released, ${way}`,
      held(kind),
      '20 ms',
    ]),
  ]
  return { columns: ['to bare node:http', 'measured', 'wanted at most'], rows: rows.flat() }
}

/** What a crowd costs, beside the floor of the same kind. */
export function costs({ load, results }: Rounds): Table {
  const cells = (result: Fanned) => {
    const of = (key: keyof Figures) => median(result.figures.map((one) => one[key]))
    const ratio = (key: Key) => times(ratioOf(results, result, key))
    return [
      ...[microseconds(of('cpu_us') / 1e6), ratio('cpu_us')],
      ...[kilobytes(of('memory_bytes')), ratio('memory_bytes')],
      ...[milliseconds(of('last_ms')), ratio('last_ms')],
      of('merged').toFixed(2),
      String(result.figures.reduce((sum, { wrong }) => sum + wrong, 0)),
      share(of('generator'), 1),
      milliseconds(of('held_up_ms')),
    ]
  }
  const waiting = `${count(load.clients)} wait, ${load.rate} a second`
  return {
    columns: [
      ...[waiting, 'CPU for one', '', 'memory for one', '', 'until the last has it', ''],
      ...['messages in one', 'lost or doubled', 'generator, of one core', 'event loop, p99'],
    ],
    rows: results.map((result) => [result.contestant.name, ...cells(result)]),
  }
}

const statements = (counted: Statements[]): Table => ({
  columns: [
    'statements for one message',
    ...counted.map(({ clients }) => `${count(clients)} wait`),
  ],
  rows: [...new Set(counted.flatMap(({ perMessage }) => [...perMessage.keys()]))].map((text) => [
    text,
    ...counted.map(({ perMessage }) => (perMessage.get(text) ?? 0).toFixed(2)),
  ]),
})
