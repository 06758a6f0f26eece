/** A run of test files: side by side, and those that failed once more, alone. */
import { loadavg } from 'node:os'
import type { Outcome } from './outcome.ts'
import { type Job, longestFirst } from './plan.ts'
import { Pool } from './pool.ts'
import { type Progress, showProgress } from './progress.ts'
import { type Flaky, firstError, seedsOf } from './report.ts'
import type { Resources } from './resources.ts'
import { keepTimes, readTimes } from './times.ts'
import { openTraces, type Traces } from './traces.ts'

export type SessionOptions = {
  root: string
  limit_s: number
  workers: number
  /** Whether a file that fails runs once more. */
  retries: boolean
  /** Whether the first file that fails ends the run. */
  bails: boolean
  isVerbose: boolean
}

export type Session = {
  /** Runs the jobs; of each file the last outcome is given. */
  run(jobs: Job[]): Promise<{ outcomes: Outcome[]; flaky: Flaky[] }>
  /** Kills what runs and begins nothing more. */
  stop(): void
}

/** Where more files fail the change is wrong, not the chance: they are not run again. */
const retried_max = 10

/** Prepares a run on what `resources` opens. */
export async function openSession(options: SessionOptions, resources: Resources): Promise<Session> {
  const traces = await openTraces()
  let progress: Progress | undefined
  let isStopped = false
  let hasBailed = false
  const onOutput = (text: string) => progress?.output(text)
  const pool = new Pool({ ...options, resources, onOutput })

  const stop = () => {
    isStopped = true
    pool.stop()
  }

  return {
    async run(jobs) {
      progress = showProgress(jobs.length, options.isVerbose)
      const first = new FirstTries(traces, resources)
      process.env.TEST_TRACES = traces.folder
      const sorted = await longestFirst(options.root, jobs, await readTimes())
      await pool.run(sorted, progress.begin, (outcome, place) => {
        progress?.end(outcome)
        // What is killed because another file has failed says nothing.
        if (hasBailed) return
        first.add(outcome, place)
        hasBailed = options.bails && outcome.failed > 0
        if (hasBailed) stop()
      })
      const failures = await first.failures()
      const isWorth = options.retries && !isStopped && failures.size <= retried_max
      process.env.TEST_TRACES = `${traces.folder}/again`
      const flaky = isWorth ? await runAgain(jobs, first, failures) : []
      progress.stop()
      const outcomes = [...first.outcomes.values()]
      await keepTimes(outcomes)
      return { outcomes, flaky }
    },
    stop,
  }

  /** Runs failed files once more; the second outcome takes the place of the first. */
  async function runAgain(jobs: Job[], first: FirstTries, failures: Map<string, Flaky>) {
    const flaky: Flaky[] = []
    for (const job of jobs) {
      const before = failures.get(job.file)
      if (!before || isStopped) continue
      console.log(`\nOnce more, alone: ${job.file}`)
      const outcome = await pool.runAlone(job)
      progress?.end(outcome)
      first.outcomes.set(job.file, outcome)
      if (outcome.failed === 0) flaky.push(before)
      else await traces.keep(outcome, resources.said(0), 'again')
    }
    return flaky
  }
}

/** What the files came to side by side, and what is kept of those that failed. */
class FirstTries {
  readonly outcomes = new Map<string, Outcome>()
  #traces: Traces
  #resources: Resources
  #failures: Promise<[file: string, failure: Flaky]>[] = []

  constructor(traces: Traces, resources: Resources) {
    this.#traces = traces
    this.#resources = resources
  }

  add(outcome: Outcome, place: number): void {
    this.outcomes.set(outcome.file, outcome)
    if (outcome.failed > 0) this.#failures.push(this.#keep(outcome, place))
  }

  async failures(): Promise<Map<string, Flaky>> {
    return new Map(await Promise.all(this.#failures))
  }

  async #keep(outcome: Outcome, place: number): Promise<[string, Flaky]> {
    const { file } = outcome
    const [load = 0] = loadavg()
    const trace = await this.#traces.keep(outcome, this.#resources.said(place), 'first')
    return [file, { file, error: firstError(outcome), seeds: seedsOf(outcome), load, trace }]
  }
}
