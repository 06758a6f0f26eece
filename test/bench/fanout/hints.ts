/**
 * What hints cost: a room whose people are told who is here and who types, beside the same crowd in
 * a room where nobody is told of.
 */
import { limits } from '../../../handlers/limits.ts'
import { startBackend } from '../kit/backend.ts'
import { type Bench, countOf } from '../kit/bench.ts'
import { cookiesOf, createGuest, createGuests, type Guest } from '../kit/guest.ts'
import { chosen, inRounds, inTurn, ratioTo } from '../kit/rounds.ts'
import { openStore, type Store } from '../kit/store.ts'
import type { Table } from '../kit/table.ts'
import { beside } from './beside.ts'
import type { Contestant } from './contestant.ts'
import { measure } from './measure.ts'
import { gather, type People, sample, startNatter } from './natter.ts'
import { costs, type Fanned } from './report.ts'

/** So many are told of hints at the most, and so many people are announced. */
const waits = limits.hintedWaits
const people_max = limits.presencePeople

const rate_per_s = 10

/** Somebody begins to type so often; nobody twice in the time for which that is told once. */
const typing_every_ms = 1_000

type Crowd = People & { guests: Guest[] }

export const hints: Bench = {
  name: 'hints',
  shows: 'what it costs that people see who is here and who types',
  options: inRounds,
  async run(context) {
    const store = await openStore()
    try {
      const people = await gather(store, 1)
      const { sample: bytes } = await sample(store, people)
      const floors = beside(bytes, people.cookies).filter(({ isFloor }) => isFloor)
      const load = { clients: waits, rate: rate_per_s, seconds: countOf(context, 'seconds') }
      const results = await inTurn(
        context,
        chosen(context, [...floors, ...(await hinted(store))]),
        countOf(context, 'rounds'),
        (one) => measure(one, load),
        ({ cpu_us }) => `${cpu_us.toFixed(1)} µs for one delivery`,
      )
      return {
        server: `one backend process on the loopback address, without a proxy · ${store.what}`,
        tables: [compared(results), costs({ load, results })],
        notes: [
          `As \`fanout\`, in a room that is small enough for hints: ${people_max} people, whom the others are told of, wait in it, and one of them begins to type each second; or the same people with hints off, and nobody is told of anything. A poll’s answer holds the hints of the last ${limits.hintMs / 1_000} s. In a room where more than ${waits} wait nobody is told of hints, so that the crowds of \`fanout\` have none.`,
        ],
      }
    } finally {
      await store.close()
    }
  },
}

/** With hints to without them, in the same round. */
function compared(results: Fanned[]): Table {
  const of = (name: string) =>
    results.find(({ contestant }) => contestant.name === name)?.figures ?? []
  const rows = kinds.map((kind) => {
    const [without, with_] = [of(nameOf(kind, false)), of(nameOf(kind, true))]
    return [wayOf(kind), `${ratioTo(with_, without, ({ cpu_us }) => cpu_us).toFixed(2)} ×`]
  })
  return { columns: ['CPU for one delivery, with hints to without', ''], rows }
}

const kinds = ['poll', 'stream'] as const
type Kind = (typeof kinds)[number]

const wayOf = (kind: Kind) => (kind === 'poll' ? 'long poll' : 'event stream')
const nameOf = (kind: Kind, isTold: boolean) =>
  `Natter, ${wayOf(kind)}, ${isTold ? 'with' : 'without'} hints`

/** Natter in both ways, each with hints and without. */
async function hinted(store: Store): Promise<Contestant[]> {
  const [seen, unseen] = await makeCrowds(store)
  return kinds.flatMap((kind) => [
    contestant(store, unseen, kind, false),
    contestant(store, seen, kind, true),
  ])
}

function contestant(store: Store, crowd: Crowd, kind: Kind, isTold: boolean): Contestant {
  return {
    name: nameOf(kind, isTold),
    kind,
    way: kind,
    isWanted: false,
    start: () => startNatter(store, crowd, kind, isTold ? typing(crowd.guests) : undefined),
  }
}

/** Two crowds: who lets others see, and who does not. */
async function makeCrowds(store: Store): Promise<[Crowd, Crowd]> {
  const { baseUrl, stop } = await startBackend(store.env)
  const make = async (hints: boolean): Promise<Crowd> => {
    const host = await createGuest(baseUrl, 'Host')
    const guests = await createGuests(baseUrl, people_max)
    if (!hints) for (const guest of guests) await guest.letSee(false)
    return { host, guests, cookies: cookiesOf(guests) }
  }
  try {
    return [await make(true), await make(false)]
  } finally {
    await stop()
  }
}

/** One after the other begins to type. */
const typing = (guests: readonly Guest[]) => (baseUrl: string, room: string) => {
  let turn = 0
  const timer = setInterval(() => {
    const guest = guests[turn++ % guests.length]
    // The last of them may meet a server that has stopped.
    guest
      ?.at(baseUrl)
      .type(room)
      .catch(() => {})
  }, typing_every_ms)
  return () => clearInterval(timer)
}
