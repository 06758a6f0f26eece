/** What a run came to, as a file for another program to read. */
import { writeFile } from 'node:fs/promises'
import { firstError, type Result } from './report.ts'

type Failure = { file: string; error: string }

export type Kept = {
  seconds: number
  cpu_seconds: number
  passed: number
  failed: Failure[]
  flaky: Failure[]
  /** Each file's seconds. */
  files: Record<string, number>
}

/** Writes what a run came to as JSON. */
export async function keepResult(file: string, result: Result): Promise<void> {
  const { outcomes, flaky, seconds, cpu_seconds } = result
  const kept: Kept = {
    seconds,
    cpu_seconds,
    passed: outcomes.reduce((sum, { passed }) => sum + passed, 0),
    failed: outcomes
      .filter(({ failed }) => failed > 0)
      .map((outcome) => ({ file: outcome.file, error: firstError(outcome) })),
    flaky: flaky.map(({ file, error }) => ({ file, error })),
    files: Object.fromEntries(outcomes.map(({ file, seconds }) => [file, seconds])),
  }
  await writeFile(file, `${JSON.stringify(kept, null, 2)}\n`)
}
