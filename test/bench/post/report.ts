/** The figures of `post` as tables. */
import type { Report } from '../kit/bench.ts'
import { count, milliseconds, share } from '../kit/figures.ts'
import { median, type Result, ratioTo } from '../kit/rounds.ts'
import type { Table } from '../kit/table.ts'
import { type Contestant, names } from './contestants.ts'
import type { Figures } from './measure.ts'

type Results = Result<Contestant, Figures>[]

/** @param store for a person: which database */
export function report(store: string, senders: number, results: Results): Report {
  return {
    server: `one backend process on the loopback address, without a proxy · ${store}`,
    tables: [wanted(results), speeds(senders, results)],
    notes: [
      'Each of the senders has a connection of its own and posts again as soon as it is acknowledged, as JSON with a nonce, with the cookie of one of 64 guests. Only what is acknowledged counts, and after each round all of it is in the database, without a gap. The empty POST goes to the same server, which has one more route for it: it passes all that a post passes until the room is entered by somebody known, and answers 201. One transaction each: begin, lock the room, insert the message, insert the event, commit, on ten connections, nobody is asked who they are. One after the other in each round, each in a new process; figures are the medians of the rounds, a ratio is the median of the rounds’ own ratios.',
    ],
  }
}

/** How much of another's speed. */
function speedTo(results: Results, name: string, other: string): number {
  const of = (one: string) => results.find(({ contestant }) => contestant.name === one)?.figures
  return ratioTo(of(name) ?? [], of(other), ({ perSecond }) => perSecond)
}

const times = (value: number) => `${value.toFixed(1)} ×`
const percent = (value: number) => `${(100 * value).toFixed(0)} %`

const wanted = (results: Results): Table => ({
  columns: ['durable posts into one room', 'measured', 'wanted at least'],
  rows: [
    ['to empty authenticated POSTs', percent(speedTo(results, names.one, names.empty)), '60 %'],
    ['to one transaction each', times(speedTo(results, names.one, names.each)), '10 ×'],
  ],
})

const speeds = (senders: number, results: Results): Table => ({
  columns: [
    ...[`${count(senders)} senders`, 'a second', 'to empty', 'p50', 'p99'],
    ...['server, of one core', 'senders, of one core'],
  ],
  rows: results.map(({ contestant: { name }, figures }) => {
    const of = (key: keyof Figures) => median(figures.map((one) => one[key]))
    const server = of('server')
    return [
      ...[name, count(Math.round(of('perSecond'))), percent(speedTo(results, name, names.empty))],
      ...[milliseconds(of('p50_ms')), milliseconds(of('p99_ms'))],
      ...[Number.isNaN(server) ? '–' : share(server, 1), share(of('senders'), 1)],
    ]
  }),
})
