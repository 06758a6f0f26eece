/** What became of a test file, and what a worker says of it on the way. */
import type { Report } from './record.ts'

/** A test and how long it took. */
export type Timed = { file: string; title: string; seconds: number }

/** What one file came to. */
export type Outcome = {
  file: string
  passed: number
  failed: number
  skipped: number
  /** Tests marked `.only`. */
  only: string[]
  /** What went wrong, for a person to read. */
  failures: string[]
  /** All that was printed while it ran. */
  output: string
  seconds: number
  tests: Timed[]
}

/** Nothing yet. */
export const outcomeOf = (file: string): Outcome => ({
  file,
  passed: 0,
  failed: 0,
  skipped: 0,
  only: [],
  failures: [],
  output: '',
  seconds: 0,
  tests: [],
})

/** The outcome of a file that failed as a whole. */
export function failed(file: string, failure: string): Outcome {
  return { ...outcomeOf(file), failed: 1, failures: [failure] }
}

/** Adds what a worker says to the outcome of the file that it runs. */
export function take(outcome: Outcome, report: Report): void {
  if (report.kind === 'output') outcome.output += report.text
  if (report.kind === 'only') outcome.only.push(report.where)
  if (report.kind === 'failure') {
    outcome.failed++
    const where = report.where && `${report.where}: `
    outcome.failures.push(`  FAIL  ${where}${report.message}\n`)
  }
  if (report.kind === 'test') {
    const { title, suite, seconds } = report
    outcome.tests.push({ file: outcome.file, title: `${suite}: ${title}`, seconds })
  }
  if (report.kind === 'suite') {
    outcome.passed += report.passed
    outcome.failed += report.failed
    outcome.skipped += report.skipped
    if (report.errors) outcome.failures.push(report.errors)
  }
}
