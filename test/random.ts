/** Chance that can be repeated: a randomised test prints its seed, and `SEED` gives it again. */
import { createHash, randomInt } from 'node:crypto'

export type Chance = {
  /** A whole number from `least` to `most`, both included. */
  int(least: number, most: number): number
  pick<T>(from: readonly T[]): T
  /** True once in so many times. */
  oneIn(times: number): boolean
}

/**
 * A sequence of its own for one test, its seed printed.
 * @param what names the test in the print
 */
export function chance(what: string): Chance {
  const seed = seedOf(what)
  const next = mulberry32(seed)
  const int = (least: number, most: number) => least + Math.floor(next() * (most - least + 1))
  return {
    int,
    pick<T>(from: readonly T[]): T {
      const one = from[int(0, from.length - 1)]
      if (one === undefined) throw new Error('There is nothing to pick from.')
      return one
    },
    oneIn: (times) => int(1, times) === 1,
  }
}

/**
 * How often a search for trouble is tried: a few times in each run, many times where `TEST_LONG` is
 * set, as `npm run test:long` does.
 */
export const times = (few: number, many: number): number => (process.env.TEST_LONG ? many : few)

/** The seed of the run: `SEED` if it is set. */
const runSeed = Number(process.env.SEED) || randomInt(1, 2 ** 31)

/**
 * A seed of a test's own, made of the run's and of its name; the run's is printed.
 * @param what names the test in the print
 */
export function seedOf(what: string): number {
  console.log(`  ${what}: SEED=${runSeed}`)
  return createHash('sha256').update(`${runSeed} ${what}`).digest().readInt32LE()
}

/** Tommy Ettinger's generator: 32 bits of state, good enough to mix test cases. */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
