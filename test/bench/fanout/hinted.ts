/**
 * What hints cost: a room whose people are told who is here and who types, beside the same crowd in
 * a room where nobody is told of.
 */
import { limits } from '../../../handlers/limits.ts'
import { startBackend } from '../kit/backend.ts'
import { cookiesOf, createGuest, createGuests, type Guest } from '../kit/guest.ts'
import type { Store } from '../kit/store.ts'
import type { Contestant } from './contestant.ts'
import { type People, startNatter } from './natter.ts'

/** So many are told of hints at the most, and so many people are announced. */
export const hinted_waits = limits.hintedWaits
const people_max = limits.presencePeople

/** Somebody begins to type so often; nobody twice in the time for which that is told once. */
const typing_every_ms = 1_000

type Crowd = People & { guests: Guest[] }

/** Natter in both ways, each with hints and without. */
export async function hinted(store: Store): Promise<Contestant[]> {
  const [seen, unseen] = await makeCrowds(store)
  const kinds = ['poll', 'stream'] as const
  return kinds.flatMap((kind) => [
    contestant(store, unseen, kind, false),
    contestant(store, seen, kind, true),
  ])
}

function contestant(
  store: Store,
  crowd: Crowd,
  kind: Contestant['kind'],
  hints: boolean,
): Contestant {
  const way = kind === 'poll' ? 'long poll' : 'event stream'
  return {
    name: `Natter, ${way}, ${hints ? 'with' : 'without'} hints`,
    kind,
    way: kind,
    isWanted: false,
    start: () => startNatter(store, crowd, kind, hints ? typing(crowd.guests) : undefined),
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
