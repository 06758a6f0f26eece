/** The end of a run: what was slow, flaky, left out or wrong, and the closing line. */
import type { Outcome, Timed } from './outcome.ts'

/** A file that failed beside others and passed when it ran alone. */
export type Flaky = {
  file: string
  /** The first error, with its test. */
  error: string
  /** Seeds that its tests printed. */
  seeds: string[]
  /** The machine's load average of the last minute as it failed. */
  load: number
  /** Where its output, pages and logs are kept. */
  trace: string
}

/** What a run came to; `leftOut` has a line for each layer that could not run, with the reason. */
export type Result = {
  outcomes: Outcome[]
  flaky: Flaky[]
  leftOut: string[]
  seconds: number
  /** Seconds of CPU that the whole machine spent meanwhile; NaN where it does not tell. */
  cpu_seconds: number
}

const slowest_shown = 10
/** More flaky files than these in one run fail it where all must hold (CI=true). */
const flaky_max = 3

/**
 * Prints what a person has to know about a run, its closing line `N passed, N failed` last.
 * @param strict whether what was left out, skipped or marked `.only` is a failure (CI=true)
 * @returns the exit code
 */
export function close(result: Result, strict: boolean): number {
  const { outcomes, flaky, leftOut, seconds, cpu_seconds } = result
  const sum = (key: 'passed' | 'failed' | 'skipped') =>
    outcomes.reduce((total, outcome) => total + outcome[key], 0)
  const tests = outcomes.flatMap((outcome) => outcome.tests)
  if (tests.length > slowest_shown) printSlowest(tests)
  printFailures(outcomes)
  for (const one of flaky) printFlaky(one)
  const gaps = gapsOf(result, sum('skipped'))
  if (sum('passed') + sum('failed') === 0) gaps.push('No test ran, which is a failure')
  const failed = sum('failed') + (strict ? gaps.length : 0)
  for (const line of gaps) console.log(line)
  if (strict && gaps.length > 0) console.log('CI=true: each of these is a failure')
  if (leftOut.length === 0 && outcomes.length > 1) {
    const cpu = Number.isNaN(cpu_seconds) ? '' : `, ${Math.round(cpu_seconds)} s of CPU`
    console.log(
      `\n${outcomes.length} files in ${Math.round(seconds)} s${cpu}, SEED=${process.env.SEED}`,
    )
  }
  const tail = sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : ''
  console.log(`\n${sum('passed')} passed, ${failed} failed${tail}`)
  return failed > 0 || sum('passed') === 0 ? 1 : 0
}

function gapsOf({ outcomes, flaky, leftOut }: Result, skipped: number): string[] {
  return [
    ...leftOut.map((line) => `Left out: ${line}`),
    ...outcomes
      .flatMap(({ only }) => only)
      .map((where) => `Marked .only, so that others did not run: ${where}`),
    ...(skipped > 0 ? [`Skipped tests: ${skipped}`] : []),
    ...(flaky.length > flaky_max ? [`Flaky files: ${flaky.length}, more than ${flaky_max}`] : []),
  ]
}

function printSlowest(tests: Timed[]): void {
  console.log('\nThe slowest tests')
  const sorted = tests.toSorted((one, other) => other.seconds - one.seconds)
  for (const { file, title, seconds } of sorted.slice(0, slowest_shown)) {
    console.log(`${seconds.toFixed(1).padStart(7)} s  ${file}  ${title}`)
  }
}

function printFailures(outcomes: Outcome[]): void {
  for (const { file, failures } of outcomes.filter(({ failed }) => failed > 0)) {
    console.log(`\n── ${file}`)
    for (const failure of failures) console.log(failure.trimEnd())
  }
}

function printFlaky({ file, error, seeds, load, trace }: Flaky): void {
  console.log(`\nFLAKY ${file}: ${error}`)
  const seeded = seeds.length > 0 ? `${seeds.join(', ')}; ` : ''
  console.log(`      ${seeded}load ${load.toFixed(1)}; kept in ${trace}`)
}

/** The first line of a failure that says something: its test and its error. */
export function firstError({ failures }: Outcome): string {
  const lines = plain(failures.join('\n'))
    .split('\n')
    .map((line) => line.trim().replace(/^FAIL\s+/, ''))
    .filter((line) => line !== '')
  return lines.slice(0, 2).join(': ').slice(0, 300)
}

/** The seeds that a file's tests printed. */
export const seedsOf = ({ output }: Outcome): string[] => [
  ...new Set(plain(output).match(/SEED=-?\d+/g) ?? []),
]

/** A text without the colours of a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with one
const plain = (text: string) => text.replace(/\u001b\[\d+m/g, '')
