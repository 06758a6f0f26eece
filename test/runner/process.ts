/** A process that runs test files one after another, and how they went. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { project } from '../project.ts'
import { type Outcome, outcomeOf, take } from './outcome.ts'
import type { Order, Report } from './record.ts'
import type { WorkerEnv } from './resources.ts'

const program = fileURLToPath(new URL('./worker.ts', import.meta.url))

/** How much longer than its own limit a test may keep the process busy before that is ended. */
const grace_s = 5
/** How long a worker may take to close what it shares, such as a browser. */
const finish_ms_max = 10_000

export type WorkerOptions = { root: string; limit_s: number; env: WorkerEnv }

/** A worker process. It runs one file at a time. */
export class WorkerProcess {
  #child: ChildProcess
  #gone: Promise<string>
  #hear: (report: Report) => void = () => {}
  #isGone = false

  constructor({ root, limit_s, env }: WorkerOptions) {
    this.#child = fork(program, [String(limit_s), root], {
      cwd: project,
      execArgv: ['--enable-source-maps'],
      env: withEnv(env),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.#child.on('message', (report: Report) => this.#hear(report))
    // Its own words come as reports; these are those of the processes that it starts, or its last.
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk) => this.#hear({ kind: 'output', text: String(chunk) }))
    }
    this.#gone = once(this.#child, 'close').then(([code, signal]) => {
      this.#isGone = true
      return signal ?? `exit code ${code}`
    })
  }

  get isGone(): boolean {
    return this.#isGone
  }

  /** Runs a file; `onOutput` gets what it prints as it comes. The outcome always comes, also when the process hangs, dies or is killed. */
  async run(file: string, onOutput: (text: string) => void): Promise<Outcome> {
    const outcome = outcomeOf(file)
    const begun_ms = performance.now()
    const watch = new Watch((late) => {
      take(outcome, late)
      this.kill()
    })
    const ended = new Promise<void>((resolve) => {
      this.#hear = (report) => {
        watch.hear(report)
        take(outcome, report)
        if (report.kind === 'output') onOutput(report.text)
        if (report.kind === 'end') resolve()
      }
    })
    this.#order({ kind: 'run', name: file })
    const death = await Promise.race([ended, this.#gone])
    watch.stop()
    if (death && outcome.failures.length === 0) {
      const message = `The tests ended early (${death}), during ${watch.at}`
      take(outcome, { kind: 'failure', where: '', message })
    }
    outcome.seconds = (performance.now() - begun_ms) / 1000
    return outcome
  }

  /** Lets it close what it shares, and waits until it has gone. */
  async end(): Promise<void> {
    const force = setTimeout(() => this.kill(), finish_ms_max)
    this.#order({ kind: 'finish' })
    await this.#gone
    clearTimeout(force)
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  #order(order: Order): void {
    // A process that dies meanwhile is noticed by its end.
    if (this.#child.connected) this.#child.send(order, () => {})
  }
}

/** Ends a worker that a test keeps busy, so that its own limit cannot. */
class Watch {
  at = 'its start'
  #timer: NodeJS.Timeout | undefined
  #onLate: (failure: Report) => void

  constructor(onLate: (failure: Report) => void) {
    this.#onLate = onLate
  }

  hear(report: Report): void {
    if (report.kind !== 'output') this.stop()
    if (report.kind !== 'at') return
    this.at = report.where
    const message = `kept the process busy for more than ${report.limit_s} s`
    const late = () =>
      this.#onLate({ kind: 'failure', where: '', message: `${this.at} ${message}` })
    this.#timer = setTimeout(late, (report.limit_s + grace_s) * 1000)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}

function withEnv(env: WorkerEnv): NodeJS.ProcessEnv {
  const all = { ...process.env, ...env }
  for (const name of Object.keys(all)) if (all[name] === undefined) delete all[name]
  return all
}
