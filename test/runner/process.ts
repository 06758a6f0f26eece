/** Runs a layer's files in a process of their own, and hears from it how they went. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Report } from './record.ts'
import type { LayerEnv } from './resources.ts'

const program = fileURLToPath(new URL('./layer.ts', import.meta.url))
const project = fileURLToPath(new URL('../../', import.meta.url))

/** How much longer than its own limit a test may keep the process busy before that is ended. */
const grace_s = 5

/** What a layer came to. */
export type Tally = {
  passed: number
  failed: number
  skipped: number
  /** Tests marked `.only`. */
  only: string[]
  /** Failures that are no test's, for a person to read. */
  failures: string[]
}

export type LayerRun = { root: string; files: string[]; limit_s: number; env: LayerEnv }

/** A layer under way; `kill` ends it at once. */
export type Running = { tally: Promise<Tally>; kill(): void }

/** The tally of a layer that failed as a whole. */
export function failed(failure: string): Tally {
  return { passed: 0, failed: 1, skipped: 0, only: [], failures: [failure] }
}

/** Starts a layer. The tally always comes, also when the process hangs, dies or is killed. */
export function startLayer({ root, files, limit_s, env }: LayerRun): Running {
  const child = fork(program, [String(limit_s), root, ...files], {
    cwd: project,
    execArgv: ['--import', 'tsx'],
    env: withEnv(env),
  })
  return { tally: follow(child), kill: () => child.kill('SIGKILL') }
}

async function follow(child: ChildProcess): Promise<Tally> {
  const tally: Tally = { passed: 0, failed: 0, skipped: 0, only: [], failures: [] }
  const fail = (text: string) => {
    tally.failed++
    tally.failures.push(text)
  }
  let at = 'its start'
  let ended = false
  let watch: NodeJS.Timeout | undefined
  child.on('message', (report: Report) => {
    clearTimeout(watch)
    if (report.kind === 'failure') fail(`${report.where}: ${report.message}`)
    if (report.kind === 'only') tally.only.push(report.where)
    if (report.kind === 'end') ended = true
    if (report.kind === 'suite') {
      tally.passed += report.passed
      tally.failed += report.failed
      tally.skipped += report.skipped
    }
    if (report.kind !== 'at') return
    at = report.where
    const hang = () => {
      fail(`${at} kept the process busy for more than ${report.limit_s} s`)
      child.kill('SIGKILL')
    }
    watch = setTimeout(hang, (report.limit_s + grace_s) * 1000)
  })
  const [code, signal] = await once(child, 'close')
  clearTimeout(watch)
  if (!ended && tally.failures.length === 0) {
    fail(`The tests ended early (${signal ?? `exit code ${code}`}), during ${at}`)
  }
  return tally
}

function withEnv(env: LayerEnv): NodeJS.ProcessEnv {
  const all = { ...process.env, ...env }
  for (const name of Object.keys(all)) if (all[name] === undefined) delete all[name]
  return all
}
