/** Rounds of several contestants. */
import type { Context } from '../kit/bench.ts'
import type { Contestant } from './contestant.ts'
import { type Figures, type Load, measure } from './measure.ts'

/** What a contestant's rounds came to, in their order. */
export type Result = { contestant: Contestant; figures: Figures[] }

/** All contestants in one round after the other, so that what disturbs one disturbs the others. */
export async function inTurn(
  context: Context,
  contestants: Contestant[],
  load: Load,
  rounds: number,
): Promise<Result[]> {
  const results = contestants.map((contestant): Result => ({ contestant, figures: [] }))
  for (let round = 1; round <= rounds; round++) {
    for (const { contestant, figures } of results) {
      const one = await measure(contestant, load)
      figures.push(one)
      const cpu = `${one.cpu_us.toFixed(1)} µs`
      context.say(`${load.clients}, round ${round}: ${contestant.name}: ${cpu}`)
    }
  }
  return results
}
