/** Many who post at once: how much is stored for good, beside what one could at the most. */
import { type Bench, countOf } from '../kit/bench.ts'
import { chosen, inRounds, inTurn } from '../kit/rounds.ts'
import { openStore } from '../kit/store.ts'
import { contestants, furnish } from './contestants.ts'
import { measure } from './measure.ts'
import { report } from './report.ts'

const warm_s = 3

export const post: Bench = {
  name: 'post',
  shows: 'many who post at once, beside one transaction each and posts that store nothing',
  options: {
    senders: { says: 'how many post in post', standard: '512' },
    ...inRounds,
  },
  async run(context) {
    const store = await openStore()
    try {
      context.say('the server is built, and rooms and guests are made')
      const house = await furnish(store)
      const [senders, seconds] = [countOf(context, 'senders'), countOf(context, 'seconds')]
      const load = { senders, warm_s, seconds, cookies: house.cookies }
      const results = await inTurn(
        context,
        chosen(context, contestants(store, house)),
        countOf(context, 'rounds'),
        (contestant) => measure(store, contestant, load),
        ({ perSecond }) => `${perSecond.toFixed(0)} posts a second`,
      )
      return report(store.what, senders, results)
    } finally {
      await store.close()
    }
  },
}
