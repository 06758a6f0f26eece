/** What a post costs with the search kept up beside it, and without. */

import type { Context } from '../kit/bench.ts'
import { inTurn, ratioTo } from '../kit/rounds.ts'
import type { Store } from '../kit/store.ts'
import { type Contestant, contestants, furnish, names } from '../post/contestants.ts'
import { type Figures, measure } from '../post/measure.ts'

export type Cost = { name: string; with: Figures[]; without: Figures[]; ratio: number }

type Round = { name: string; contestant: Contestant; isKept: boolean }

const senders = 512
const warm_s = 3

/** As many as can post at once, in one room and in a thousand, by turns with and without. */
export async function costOfPosts(
  context: Context,
  store: Store,
  load: { seconds: number; rounds: number },
): Promise<Cost[]> {
  const house = await furnish(store)
  const posting = contestants(store, house).filter(
    ({ name }) => name === names.one || name === names.many,
  )
  const all = posting.flatMap((contestant): Round[] =>
    [true, false].map((isKept) => ({
      name: `${contestant.name}, ${isKept ? 'with' : 'without'} the search`,
      contestant,
      isKept,
    })),
  )
  const results = await inTurn(
    context,
    all,
    load.rounds,
    ({ contestant, isKept }) =>
      keptOff(store, isKept, () =>
        measure(store, contestant, {
          senders,
          warm_s,
          seconds: load.seconds,
          cookies: house.cookies,
        }),
      ),
    ({ perSecond }) => `${perSecond.toFixed(0)} posts a second`,
  )
  const figuresOf = (contestant: Contestant, isKept: boolean) =>
    results.find(
      (one) => one.contestant.contestant === contestant && one.contestant.isKept === isKept,
    )?.figures ?? []
  return posting.map((contestant) => {
    const [kept, off] = [figuresOf(contestant, true), figuresOf(contestant, false)]
    const ratio = ratioTo(kept, off, ({ perSecond }) => perSecond)
    return { name: contestant.name, with: kept, without: off, ratio }
  })
}

/** Without the search: what keeps it up waits for a lock, and posts do not. */
async function keptOff<T>({ ask }: Store, isKept: boolean, work: () => Promise<T>): Promise<T> {
  if (isKept) return work()
  await ask('begin')
  try {
    await ask('lock table search_rooms in access exclusive mode')
    return await work()
  } finally {
    await ask('commit')
  }
}
