/** The figures of `fanout` as tables. */
import type { Report } from '../kit/bench.ts'
import { count, kilobytes, microseconds, milliseconds, share } from '../kit/figures.ts'
import { median, type Result, ratioTo } from '../kit/rounds.ts'
import type { Table } from '../kit/table.ts'
import type { Contestant, LeftOut } from './contestant.ts'
import type { Figures, Load } from './measure.ts'
import type { Statements } from './statements.ts'

type Fanned = Result<Contestant, Figures>

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
      'All are asked in the same words, with the cookies of guests, whom Natter alone looks at; what the floors and the peers answer are the bytes of an answer of Natter’s. One after the other in each round, each in a new process, which a small crowd has warmed up. Figures are the medians of the rounds; a ratio is the median of the rounds’ own ratios. A delivery by long poll is the answer and the next request. Processor time and resident memory of the server’s process are from /proc, those of its database are not in them. Memory for one who waits is what is held more when all wait than when a fifth of them does, once nothing moves and Node has collected what it does not need. The load generator checks that every number comes once and in order.',
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

function wanted(rounds: Rounds, large: Rounds): Table {
  const row = (what: string, { results }: Rounds, kind: string, key: Key, most: string) => {
    const ours = results.find(
      ({ contestant }) => contestant.kind === kind && contestant.name.startsWith('Natter'),
    )
    return [what, ours ? times(ratioOf(results, ours, key)) : '–', most]
  }
  const last = `until the last of ${count(large.load.clients)} has it`
  return {
    columns: ['to bare node:http', 'measured', 'wanted at most'],
    rows: [
      row('CPU for one delivery, long poll', rounds, 'poll', 'cpu_us', '1.0 ×'),
      row('CPU for one delivery, event stream', rounds, 'stream', 'cpu_us', '1.1 ×'),
      row('memory for one who waits, long poll', large, 'poll', 'memory_bytes', '1.1 ×'),
      row('memory for one who waits, event stream', large, 'stream', 'memory_bytes', '1.1 ×'),
      row(`${last}, long poll`, large, 'poll', 'last_ms', '1.2 ×'),
      row(`${last}, event stream`, large, 'stream', 'last_ms', '1.2 ×'),
    ],
  }
}

function costs({ load, results }: Rounds): Table {
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
    ]
  }
  const waiting = `${count(load.clients)} wait, ${load.rate} a second`
  return {
    columns: [
      ...[waiting, 'CPU for one', '', 'memory for one', '', 'until the last has it', ''],
      ...['messages in one', 'lost or doubled', 'generator, of one core'],
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
