/** The figures of `search` as tables. */
import type { Report } from '../kit/bench.ts'
import { count, mebibytes, microseconds, milliseconds, percentile } from '../kit/figures.ts'
import { median } from '../kit/rounds.ts'
import type { Table } from '../kit/table.ts'
import { type Kind, kinds, type Library } from './library.ts'
import type { Cost } from './posting.ts'
import type { Load, Searched } from './readers.ts'

export type Step = {
  library: Pick<Library, 'size' | 'sizes' | 'indexing_s'>
  searched: Searched
  cpu_s: Record<Kind, number>
}

const shown: Record<Kind, string> = {
  rare: 'a rare word',
  common: 'the most frequent word',
  two: 'two words',
  phrase: 'a phrase',
  from: 'from: and a word',
  in: 'in: and a word',
  part: 'a part of a word',
  best: 'the best of a frequent word',
}

/** @param store for a person: which database */
export function report(store: string, steps: Step[], load: Load, costs: Cost[]): Report {
  const { readers, pause_ms, posts_per_s, seconds } = load
  return {
    server: `a backend process for each size, on the loopback address, without a proxy · ${store}`,
    tables: [
      ...steps.map((step) => times(step, steps)),
      sizes(steps),
      ...(costs.length > 0 ? [posts(costs)] : []),
    ],
    notes: [
      `${readers} readers search over HTTP, one kind after the other, each ${pause_ms} ms on the average after the answer before, while ${posts_per_s} messages a second are posted; ${seconds} s for each size. 10 open rooms; 60,000 words, each as frequent as its rank says (Zipf), 3 to 16 in a message, 50 authors. Readers, server and database share the machine. Wanted: p95 under 50 ms at 1,000,000 messages.`,
      'Without the search, what keeps it up is held off by a lock: so the two differ in nothing else. Under such a load the search is behind and takes a tenth of the time of one connection.',
    ],
  }
}

function times({ library, searched, cpu_s }: Step, steps: Step[]): Table {
  const first = steps[0]?.searched.taken_ms
  return {
    columns: [
      `${count(library.size)} messages`,
      'p50',
      'p95',
      'p99',
      'p50 to the first',
      'CPU of the database',
      'results',
      'searches',
    ],
    rows: kinds.map((kind) => {
      const all = searched.taken_ms[kind]
      const ratio = percentile(all, 0.5) / percentile(first?.[kind] ?? [], 0.5)
      return [
        shown[kind],
        ...[0.5, 0.95, 0.99].map((part) => milliseconds(percentile(all, part))),
        `${ratio.toFixed(1)} ×`,
        milliseconds(cpu_s[kind] * 1_000),
        count(searched.results[kind]),
        count(all.length),
      ]
    }),
  }
}

const sizes = (steps: Step[]): Table => ({
  columns: [
    'on disk',
    'messages',
    'search',
    'of it words’ index',
    'parts of words',
    'to bring one in',
  ],
  rows: steps.map(({ library: { size, sizes, indexing_s } }) => [
    `${count(size)} messages`,
    mebibytes(sizes.messages),
    mebibytes(sizes.search),
    mebibytes(sizes.gin),
    mebibytes(sizes.words),
    microseconds(indexing_s),
  ]),
})

const posts = (costs: Cost[]): Table => ({
  columns: ['posts a second, 512 senders', 'with the search', 'without', 'ratio'],
  rows: costs.map((cost) => [
    cost.name,
    count(Math.round(median(cost.with.map(({ perSecond }) => perSecond)))),
    count(Math.round(median(cost.without.map(({ perSecond }) => perSecond)))),
    `${cost.ratio.toFixed(2)} ×`,
  ]),
})
