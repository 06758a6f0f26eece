/** Searching while people post, by how much has been said; and what it costs those who post. */
import { type Bench, type Context, countOf } from '../kit/bench.ts'
import { openStores, type Store } from '../kit/store.ts'
import { type Library, openLibrary } from './library.ts'
import { costOfPosts } from './posting.ts'
import { costOfSearches, type Load, searchAll } from './readers.ts'
import { report, type Step } from './report.ts'

const least = 10_000
const rounds = 3

export const search: Bench = {
  name: 'search',
  shows: 'searching while people post, by how much has been said, and what that costs a post',
  options: {
    talk: { says: 'messages in the larger database of search', standard: '1000000' },
    readers: { says: 'how many search at once in search', standard: '16' },
    pause: { says: 'ms from an answer to a reader’s next search', standard: '250' },
    searching: { says: 'seconds for which search counts, for each size', standard: '30' },
    posting: {
      says: 'seconds for which search counts posts, in each of three rounds',
      standard: '5',
    },
  },
  async run(context) {
    const sizes = [least, Math.max(least, countOf(context, 'talk'))]
    const stores = await openStores(sizes.length + 1)
    try {
      const load: Load = {
        readers: countOf(context, 'readers'),
        pause_ms: countOf(context, 'pause'),
        seconds: countOf(context, 'searching'),
        posts_per_s: 100,
      }
      const steps = await bySize(context, stores, sizes, load)
      const [posting] = stores.slice(sizes.length)
      const seconds = countOf(context, 'posting')
      const costs = posting ? await costOfPosts(context, posting, { seconds, rounds }) : []
      return report(stores[0]?.what ?? '', steps, load, costs)
    } finally {
      await stores[0]?.close()
    }
  },
}

async function bySize(
  context: Context,
  stores: Store[],
  sizes: number[],
  load: Load,
): Promise<Step[]> {
  const libraries: Library[] = []
  try {
    for (const [at, size] of sizes.entries()) {
      const store = stores[at]
      if (store) libraries.push(await openLibrary(store, size, context.say))
    }
    const steps: Step[] = []
    for (const [at, library] of libraries.entries()) {
      context.say(`${library.size.toLocaleString('en')} messages are searched`)
      const cpu_s = await costOfSearches(stores[at] as Store, library)
      steps.push({ library, cpu_s, searched: await searchAll(library, load) })
    }
    return steps
  } finally {
    for (const { backend } of libraries) await backend.stop()
  }
}
