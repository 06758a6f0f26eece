/** The end of a run: what was left out, and the closing line. */
import type { Tally } from './process.ts'

/** What a run came to; `leftOut` has a line for each layer that could not run, with the reason. */
export type Result = { tallies: Tally[]; leftOut: string[] }

/**
 * Prints what a person has to know about a run, its closing line `N passed, N failed` last.
 * @param strict whether what was left out, skipped or marked `.only` is a failure (CI=true)
 * @returns the exit code
 */
export function close({ tallies, leftOut }: Result, strict: boolean): number {
  const sum = (key: 'passed' | 'failed' | 'skipped') =>
    tallies.reduce((total, tally) => total + tally[key], 0)
  const skipped = sum('skipped')
  const only = tallies.flatMap((tally) => tally.only)
  const gaps = [
    ...leftOut.map((line) => `Left out: ${line}`),
    ...only.map((where) => `Marked .only, so that others did not run: ${where}`),
    ...(skipped > 0 ? [`Skipped tests: ${skipped}`] : []),
  ]
  if (sum('passed') + sum('failed') === 0) gaps.push('No test ran, which is a failure')
  const failed = sum('failed') + (strict ? gaps.length : 0)
  for (const line of gaps) console.log(line)
  if (strict && gaps.length > 0) console.log('CI=true: each of these is a failure')
  const tail = skipped > 0 ? `, ${skipped} skipped` : ''
  console.log(`\n${sum('passed')} passed, ${failed} failed${tail}`)
  return failed > 0 || sum('passed') === 0 ? 1 : 0
}
