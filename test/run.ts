/**
 * The runner of the tests: `node test/run.mjs --help`.
 *
 * uvu exits 0 when a hook throws, when `.run()` is forgotten and when there is no test; here each
 * of these fails.
 */
import { randomInt } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { layers, missing } from './layers.ts'
import { concernedBy } from './runner/changed.ts'
import { keepResult } from './runner/kept.ts'
import { cpuSeconds } from './runner/machine.ts'
import { failed } from './runner/outcome.ts'
import { type Job, plan } from './runner/plan.ts'
import { describe } from './runner/record.ts'
import { close, type Result } from './runner/report.ts'
import { resources } from './runner/resources.ts'
import { openSession, type Session, type SessionOptions } from './runner/session.ts'

type Options = SessionOptions & { wanted: string[]; results: string | undefined }

const help = `Usage: npm test -- [options] [layer or part of a file's name …]
       node test/run.mjs [the same]

Runs test/<layer>/**/*.test.ts: all of them, or those of the layers and names given. Tests of faults
run only where they are named. A file that fails runs once more, alone; if it passes then, the run
passes and reports it as flaky.

Layers
${layers.map(({ name, shows }) => `  ${name.padEnd(10)}${shows}`).join('\n')}

Options
  --workers N   files that run at the same time (processors + 1)
  --limit S     seconds that one test or hook may take (60)
  --no-retry    a file that fails does not run again
  --bail        the first file that fails ends the run
  --verbose     show what files print as it comes, not only that of failed ones
  --changed     run what a change concerns: what imports it, and whole layers for what is not code
  --since REF   the commit that the change is compared with (HEAD)
  --results F   write what the run came to into F, as JSON
  --root DIR    another folder of tests
  --help

Environment
  DATABASE_URL or PGHOST …   the PostgreSQL server to test on; the embedded one if not set
  BASE_URL                   the server that stack and browser ask; each worker starts one if not set
  CHROMIUM                   the browser's program
  SEED                       the seed of randomised tests, as a failed run prints it
  FAULTS_PORT                where the stack of faults is served on 127.0.0.1; a free port if not set
  CI=true                    what is left out, skipped or marked .only is a failure, and so are more
                             than three flaky files`

/** The command line, or what is wrong with it. */
function options(argv: string[]): Options | 'help' | 'nothing' {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      root: { type: 'string' },
      limit: { type: 'string', default: '60' },
      workers: { type: 'string', default: String(availableParallelism() + 1) },
      'no-retry': { type: 'boolean', default: false },
      bail: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      changed: { type: 'boolean', default: false },
      since: { type: 'string', default: 'HEAD' },
      results: { type: 'string' },
    },
  })
  if (values.help) return 'help'
  const limit_s = Number(values.limit)
  if (!(limit_s > 0)) throw new Error(`--limit ${values.limit}: not a number of seconds`)
  const workers = Number(values.workers)
  if (!(Number.isInteger(workers) && workers > 0)) {
    throw new Error(`--workers ${values.workers}: not a number of files`)
  }
  const changed = values.changed ? concernedBy(values.since) : []
  if (values.changed && changed.length === 0) return 'nothing'
  const wanted = [...positionals, ...changed]
  const root = values.root ? resolve(values.root) : fileURLToPath(new URL('.', import.meta.url))
  const { verbose: isVerbose, 'no-retry': once, bail: bails, results } = values
  return { root, limit_s, workers, retries: !once, bails, isVerbose, wanted, results }
}

/** Of all random tests of the run, in whichever worker. */
process.env.SEED ||= String(randomInt(1, 2 ** 31))

const shared = resources()
let session: Session | undefined
let interrupted_ms: number | undefined

/** npm passes a Ctrl+C on that the terminal has sent already. */
const same_interrupt_ms = 1000

/** Runs the whole plan but for what this machine cannot run, and takes down what it needed. */
async function runAll(options: Options): Promise<Result> {
  const begun = { ms: performance.now(), cpu: cpuSeconds() }
  const { able, leftOut } = withoutMissing(await plan(options.root, options.wanted))
  session = await openSession(options, shared)
  const { outcomes, flaky } = await session.run(able)
  for (const error of await shared.close()) {
    const failure = `  FAIL  could not take down what the tests needed: ${describe(error)}`
    outcomes.push(failed('the end of the run', failure))
  }
  const seconds = (performance.now() - begun.ms) / 1000
  return { outcomes, flaky, leftOut, seconds, cpu_seconds: cpuSeconds() - begun.cpu }
}

function withoutMissing(jobs: Job[]): { able: Job[]; leftOut: string[] } {
  const lacking = new Map(
    [...new Set(jobs.map(({ layer }) => layer))].map((one) => [one, missing(one)]),
  )
  const leftOut = [...lacking].flatMap(([layer, reason]) => {
    const files = jobs.filter((job) => job.layer === layer).length
    return reason ? [`${layer.name} (${files} files): ${reason}`] : []
  })
  return { able: jobs.filter(({ layer }) => !lacking.get(layer)), leftOut }
}

/** The first signal ends the tests and lets everything be taken down; another does not wait. */
function interrupt(signal: NodeJS.Signals): void {
  if (interrupted_ms && Date.now() - interrupted_ms > same_interrupt_ms) process.exit(1)
  if (interrupted_ms) return
  interrupted_ms = Date.now()
  console.error(`\n${signal}: taking everything down`)
  session?.stop()
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt)

/** @returns the exit code */
async function main(): Promise<number> {
  try {
    const chosen = options(process.argv.slice(2))
    if (chosen === 'help') {
      console.log(help)
      return 0
    }
    if (chosen === 'nothing') {
      console.log('Nothing has changed that a test could see.')
      return 0
    }
    const result = await runAll(chosen)
    if (chosen.results) await keepResult(chosen.results, result)
    return close(result, process.env.CI === 'true')
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    await shared.close()
    return 1
  }
}

process.exit(await main())
