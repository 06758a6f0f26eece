/** Spreads test files over worker processes. */
import { failed, type Outcome } from './outcome.ts'
import type { Job } from './plan.ts'
import { WorkerProcess } from './process.ts'
import { describe } from './record.ts'
import type { Resources } from './resources.ts'

export type PoolOptions = {
  root: string
  limit_s: number
  workers: number
  resources: Resources
  /** Gets what files print, as it comes. */
  onOutput(text: string): void
}

/** Runs jobs on several workers, each of which takes the next when it is free. */
export class Pool {
  #places: Place[]
  #isStopped = false

  constructor(options: PoolOptions) {
    this.#places = Array.from({ length: options.workers }, (_, at) => new Place(at, options))
  }

  /**
   * Runs jobs, which begin in this order.
   * @param onBegin hears of each as it begins
   * @param onEnd hears what it came to, and which worker's it was
   */
  async run(
    jobs: Job[],
    onBegin: (job: Job) => void,
    onEnd: (outcome: Outcome, place: number) => void,
  ): Promise<void> {
    const queue = [...jobs]
    const work = async (place: Place) => {
      for (let job = queue.shift(); job && !this.#isStopped; job = queue.shift()) {
        onBegin(job)
        onEnd(await place.run(job), place.at)
      }
      await place.leave()
    }
    await Promise.all(this.#places.map(work))
  }

  /** Runs one job while no other runs, in a process that has run nothing before. */
  async runAlone(job: Job): Promise<Outcome> {
    const [place] = this.#places
    if (!place) throw new Error('a pool without workers')
    const outcome = await place.run(job)
    await place.leave()
    return outcome
  }

  /** Kills what runs, and begins nothing more. */
  stop(): void {
    this.#isStopped = true
    for (const place of this.#places) place.kill()
  }
}

const lines_shown = 20

const lastOf = (text: string) => text.split('\n').slice(-lines_shown).join('\n')

/** A place for one worker process; another follows one that has failed or needs more. */
class Place {
  #worker: WorkerProcess | undefined
  #env = ''

  readonly at: number
  #options: PoolOptions

  constructor(at: number, options: PoolOptions) {
    this.at = at
    this.#options = options
  }

  async run({ layer, file }: Job): Promise<Outcome> {
    const { resources } = this.#options
    let outcome: Outcome
    try {
      const worker = await this.#workerFor(await resources.env(layer, this.at))
      outcome = await worker.run(file, this.#options.onOutput)
    } catch (error) {
      return failed(file, `  FAIL  ${layer.name} could not begin: ${describe(error)}\n`)
    }
    const said = outcome.failed > 0 && layer.needs.includes('server') ? resources.said(this.at) : ''
    if (said) outcome.failures.push(`The server said last:\n${lastOf(said)}\n`)
    // What a failed test has left under way would disturb the files that follow.
    if (outcome.failed > 0) await this.leave()
    return outcome
  }

  /** Ends the process; the next file gets a new one. */
  async leave(): Promise<void> {
    const worker = this.#worker
    this.#worker = undefined
    if (worker && !worker.isGone) await worker.end()
  }

  kill(): void {
    this.#worker?.kill()
  }

  async #workerFor(env: Record<string, string | undefined>): Promise<WorkerProcess> {
    const wanted = JSON.stringify(env)
    if (this.#worker && !this.#worker.isGone && this.#env === wanted) return this.#worker
    await this.leave()
    const { root, limit_s } = this.#options
    this.#env = wanted
    this.#worker = new WorkerProcess({ root, limit_s, env })
    return this.#worker
  }
}
