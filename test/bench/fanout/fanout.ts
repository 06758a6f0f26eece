/** One message to many who wait: what that costs, beside what it costs at the least. */
import { type Bench, countOf } from '../kit/bench.ts'
import { chosen, inRounds, inTurn } from '../kit/rounds.ts'
import { openStore, type Store } from '../kit/store.ts'
import { beside } from './beside.ts'
import type { Contestant, LeftOut } from './contestant.ts'
import { type Figures, type Load, measure } from './measure.ts'
import { gather, natter, type People, sample } from './natter.ts'
import { nchan } from './nchan.ts'
import { report } from './report.ts'
import { countStatements } from './statements.ts'

/** Who waits is known: so many guests, whom all who wait share. */
const guests_max = 1_000

/** The large crowd is told something each second: each number has reached all before the next. */
const large_rate = 1

export const fanout: Bench = {
  name: 'fanout',
  shows: 'one message to many who wait, beside bare node:http and others',
  options: {
    clients: { says: 'how many wait in fanout', standard: '1000' },
    'posts-per-second': { says: 'messages each second in fanout', standard: '10' },
    'large-crowd': { says: 'how many wait in its second table', standard: '5000' },
    'large-rounds': { says: 'rounds of that', standard: '3' },
    ...inRounds,
  },
  async run(context) {
    const store = await openStore()
    try {
      const clients = countOf(context, 'clients')
      context.say('the server is built, and guests are made')
      const people = await gather(store, Math.min(clients, guests_max))
      const { contestants, leftOut } = await all(store, people)
      for (const { name, why } of leftOut) context.say(`left out: ${name}: ${why}`)
      const wanted = chosen(context, contestants)
      const rate = countOf(context, 'posts-per-second')
      const seconds = countOf(context, 'seconds')
      const load = { clients, rate, seconds }
      const measured = (contestants: Contestant[], of: Load, rounds: string) =>
        inTurn(context, contestants, countOf(context, rounds), (one) => measure(one, of), inShort)
      context.say(`${clients} wait`)
      const rounds = await measured(wanted, load, 'rounds')
      const largeLoad = { clients: countOf(context, 'large-crowd'), rate: large_rate, seconds }
      const few = wanted.filter(({ isWanted }) => isWanted)
      context.say(`${largeLoad.clients} wait`)
      const large = await measured(few, largeLoad, 'large-rounds')
      context.say('statements for one message are counted')
      const statements = await countStatements(store, people, [10, clients])
      return report(store.what, {
        rounds: { load, results: rounds },
        large: { load: largeLoad, results: large },
        statements,
        leftOut,
      })
    } finally {
      await store.close()
    }
  },
}

async function all(store: Store, people: People) {
  const { sample: bytes, streams } = await sample(store, people)
  const kinds = streams ? (['poll', 'stream'] as const) : (['poll'] as const)
  const others = await nchan(bytes, people.cookies)
  const leftOut: LeftOut[] = streams
    ? []
    : [{ name: 'Natter, event stream', why: 'this server answers no event stream' }]
  const contestants = [
    ...beside(bytes, people.cookies),
    ...kinds.map((kind) => natter(store, people, kind)),
  ]
  if ('why' in others) leftOut.push(others)
  else contestants.push(...others.contestants)
  return { contestants, leftOut }
}

const inShort = ({ cpu_us }: Figures) => `${cpu_us.toFixed(1)} µs for one delivery`
