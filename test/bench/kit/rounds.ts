/** Rounds of several contestants in turn, so that what disturbs one disturbs the others. */
import type { Context, Option } from './bench.ts'
import { percentile } from './figures.ts'

/** What a contestant's rounds came to, in their order. */
export type Result<Contestant, Figures> = { contestant: Contestant; figures: Figures[] }

/** Options of the benchmarks that go in rounds. */
export const inRounds: Record<string, Option> = {
  seconds: { says: 'how long fanout, hints and post count in each round', standard: '10' },
  rounds: { says: 'rounds of fanout, hints and post, in turn', standard: '5' },
  only: { says: 'their contestants with one of these words alone, commas between', standard: '' },
}

/** Those whose names hold one of the words that `--only` gives; all where it gives none. */
export function chosen<Contestant extends { name: string }>(
  context: Context,
  contestants: readonly Contestant[],
): Contestant[] {
  const words = context.option('only').split(',').filter(Boolean)
  return contestants.filter(
    ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
  )
}

/**
 * Measures all in one round, then all in the next.
 * @param says a contestant's figures in a word or two, for the person at the terminal
 */
export async function inTurn<Contestant extends { name: string }, Figures>(
  context: Context,
  contestants: readonly Contestant[],
  rounds: number,
  measure: (contestant: Contestant) => Promise<Figures>,
  says: (figures: Figures) => string,
): Promise<Result<Contestant, Figures>[]> {
  const results = contestants.map((contestant) => ({ contestant, figures: [] as Figures[] }))
  for (let round = 1; round <= rounds; round++) {
    for (const { contestant, figures } of results) {
      const one = await measure(contestant)
      figures.push(one)
      context.say(`round ${round} of ${rounds}: ${contestant.name}: ${says(one)}`)
    }
  }
  return results
}

/** The value in the middle. */
export const median = (values: readonly number[]): number => percentile(values, 0.5)

/**
 * How many times another's value, in the middle of the rounds' own ratios.
 * @returns NaN without another
 */
export function ratioTo<Figures>(
  figures: readonly Figures[],
  others: readonly Figures[] | undefined,
  value: (one: Figures) => number,
): number {
  const ratios = figures.flatMap((one, round) => {
    const other = others?.[round]
    return other === undefined ? [] : [value(one) / value(other)]
  })
  return median(ratios)
}
