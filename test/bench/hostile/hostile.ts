/** What it costs to make HTML of a message's text, and which text that means harm costs most. */
import { renderBody } from '../../../handlers/pages/markdown/body.ts'
import { type Named, nobody } from '../../../handlers/pages/markdown/named.ts'
import { hostile } from '../../hostile/inputs.ts'
import { type Bench, countOf } from '../kit/bench.ts'
import { count, milliseconds, percentile } from '../kit/figures.ts'
import type { Table } from '../kit/table.ts'
import { usual } from './usual.ts'

const wanted_ms = 60
const listed = 12

/** The most people that a text could call, so that each `@` is looked up among them. */
const many: Named = {
  people: Array.from({ length: 50 }, (_, n) => ({ id: n + 1, name: 'a'.repeat((n % 40) + 1) })),
  rooms: ['lobby'],
  all: true,
}

type Timed = { what: string; ms: number; chars: number; html: number }

export const hostileBench: Bench = {
  name: 'hostile',
  shows: 'time to make HTML of a text, and the slowest of those that mean harm',
  options: {
    rounds: { says: 'hostile: how often each text is rendered', standard: '5' },
  },
  async run(context) {
    const rounds = countOf(context, 'rounds')
    for (const [, text] of hostile.slice(0, 200)) renderBody(text, nobody, 'warm')
    const timed = hostile.map(([what, text]) => time(what, text, rounds))
    const all_ms = timed.map(({ ms }) => ms)
    const median = percentile(all_ms, 0.5)
    return {
      server: 'the renderer alone, in this process',
      tables: [slowest(timed), usual()],
      notes: [
        `${count(hostile.length)} texts of \`test/hostile/\`, each rendered ${rounds} times without what is kept, the least processor time of them; with 50 people, a room and everybody to be called. Half of them take less than ${milliseconds(median)}. Wanted: under ${wanted_ms} ms for any.`,
      ],
    }
  },
}

/**
 * In another room each time, so that nothing is kept of it. Processor time: what else the machine does
 * is not in it, but the work of the garbage collector is.
 */
function time(what: string, text: string, rounds: number): Timed {
  const taken = Array.from({ length: rounds }, (_, round) => {
    const before = process.cpuUsage()
    renderBody(text, many, `${what}-${round}`)
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  })
  const html = renderBody(text, many, 'size').length
  return { what, ms: Math.min(...taken), chars: text.length, html }
}

function slowest(timed: Timed[]): Table {
  const rows = [...timed].sort((a, b) => b.ms - a.ms).slice(0, listed)
  return {
    columns: ['the slowest texts that mean harm', 'characters', 'HTML', 'processor time'],
    rows: rows.map(({ what, ms, chars, html }) => [
      what,
      count(chars),
      count(html),
      milliseconds(ms),
    ]),
  }
}
