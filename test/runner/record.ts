/** What a worker knows of the file that it runs, and tells the runner. */
import { inspect } from 'node:util'

/** What the runner is told, as it happens, so that a process that dies takes no result with it. */
export type Report =
  | { kind: 'at'; where: string; limit_s: number }
  | { kind: 'test'; title: string; suite: string; seconds: number }
  | { kind: 'suite'; passed: number; failed: number; skipped: number; errors: string }
  | { kind: 'failure'; where: string; message: string }
  | { kind: 'only'; where: string }
  | { kind: 'output'; text: string }
  | { kind: 'end' }

/** What a worker is asked: to run one file, or to end. */
export type Order = { kind: 'run'; name: string } | { kind: 'finish' }

/** One suite as far as uvu's queue does not know it. */
export type SuiteRecord = {
  name: string
  /** The test file, relative to the folder of tests. */
  file: string
  /** Tests that were written down and that no `.run()` has taken up yet. */
  waiting: number
  runs: number
  /** Errors of hooks, which uvu swallows. */
  problems: string[]
}

/** The suites of the file that runs. */
export const suites: SuiteRecord[] = []

/** Where this process is: the file it runs, what runs now, and the limit of one test. */
export const now = { file: '', where: 'the start', limit_s: 60 }

/** Tells the runner; a file run without it tells nobody. */
export function tell(report: Report): void {
  if (process.connected) process.send?.(report)
}

/** Notes a failure that is no test's, and tells the runner. */
export function fail(where: string, error: unknown): void {
  tell({ kind: 'failure', where, message: describe(error) })
}

/**
 * Runs a piece of work and rejects when it has not settled in time.
 * @param where what it is, for the message and for the runner's watch
 * @param limit_s seconds it may take
 */
export async function within<T>(
  where: string,
  limit_s: number,
  work: () => T | Promise<T>,
): Promise<T> {
  now.where = where
  tell({ kind: 'at', where, limit_s })
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    const late = () => reject(new Error(`${where} did not settle within ${limit_s} s`))
    timer = setTimeout(late, limit_s * 1000)
  })
  try {
    return await Promise.race([work(), limit])
  } catch (error) {
    throw asError(error)
  } finally {
    clearTimeout(timer)
  }
}

/** An `Error` whatever was thrown: uvu loses the message of anything else, and the tests after it. */
function asError(thrown: unknown): Error {
  if (thrown instanceof Error && typeof thrown.stack === 'string') return thrown
  return new Error(`threw ${inspect(thrown)}`)
}

/** An error in full, or what is said in its place, for a person to read. */
export function describe(error: unknown): string {
  if (typeof error === 'string') return error
  return error instanceof Error ? (error.stack ?? error.message) : inspect(error)
}
